"""How a metric moves over time, in all, by any dimension and by any property of an event."""

from analytics.measures.cutting import OTHER
from analytics.product.subjects import top_subjects
from analytics.product.trends.over_time import trend
from analytics.product.trends.query import totals_sql, trend_sql
from analytics.product.trends.several import ratio_metric, ratio_of, together
from analytics.product.trends.totals import totals

__all__ = [
    "OTHER",
    "ratio_metric",
    "ratio_of",
    "together",
    "top_subjects",
    "totals",
    "totals_sql",
    "trend",
    "trend_sql",
]
