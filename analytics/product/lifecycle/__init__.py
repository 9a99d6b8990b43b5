"""Lifecycle: who is new, returning, resurrecting and dormant in each period."""

from analytics.product.lifecycle.answer import lifecycle
from analytics.product.lifecycle.query import lifecycle_sql
from analytics.product.lifecycle.summary import (
    QUICK_RATIO,
    people_before,
    quick_ratio,
    quick_ratios,
    retained,
)

__all__ = [
    "QUICK_RATIO",
    "lifecycle",
    "lifecycle_sql",
    "people_before",
    "quick_ratio",
    "quick_ratios",
    "retained",
]
