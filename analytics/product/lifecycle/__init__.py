"""Lifecycle: who is new, returning, resurrecting and dormant in each period."""

from analytics.product.lifecycle.answer import lifecycle
from analytics.product.lifecycle.query import lifecycle_sql
from analytics.product.lifecycle.summary import QUICK_RATIO, quick_ratio, quick_ratios

__all__ = ["QUICK_RATIO", "lifecycle", "lifecycle_sql", "quick_ratio", "quick_ratios"]
