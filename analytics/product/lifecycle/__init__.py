"""Lifecycle: who is new, returning, resurrecting and dormant in each period."""

from analytics.product.lifecycle.answer import QUICK_RATIO, lifecycle
from analytics.product.lifecycle.query import lifecycle_sql

__all__ = ["QUICK_RATIO", "lifecycle", "lifecycle_sql"]
