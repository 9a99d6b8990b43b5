"""Retention: of those who started in an interval, how many are back after one, two, three more.

A cohort is everybody whose first start event, or each, lies in one calendar day, week or month of
the project's zone. Interval N is the Nth calendar interval after it; in N = 0 a return event counts
that lies in the interval of the start.
"""

from analytics.product.retention.answer import curves, retention
from analytics.product.retention.query import curves_sql, retention_sql
from analytics.product.retention.summary import MILESTONES, milestones, on_weekdays
from analytics.product.retention.terms import ANYTHING, Doing, Terms

__all__ = [
    "ANYTHING",
    "MILESTONES",
    "Doing",
    "Terms",
    "curves",
    "curves_sql",
    "milestones",
    "on_weekdays",
    "retention",
    "retention_sql",
]
