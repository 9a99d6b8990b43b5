"""Whether an error grows: the failures of its whole days against as many days before."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func

from analytics.filters import Filters
from analytics.periods import ends

GROWN = 1.5  # times as often as before
ERRORS_APART = 3  # standard errors between both counts, which makes it more than chance

Span = tuple[datetime, datetime]


def spans(filters: Filters) -> tuple[Span, Span]:
    """The days of the range that are over, and as many before; no time where none is over."""
    days = filters.whole_days()
    if days is None:
        start, _ = ends(filters)
        return (start, start), (start, start)
    return ends(days), ends(days.previous())


def change(lately: ColumnElement[int], earlier: ColumnElement[int]) -> ColumnElement[Any]:
    """SQL for the relative change; null where there was nothing before."""
    return 1.0 * lately / func.nullif(earlier, 0) - 1


def grows(lately: ColumnElement[int], earlier: ColumnElement[int]) -> ColumnElement[bool]:
    """SQL for whether it failed half as often again, and more often than chance explains.

    Counts are Poisson's: the variance of a difference of two is their sum.
    """
    more = lately - earlier
    beyond_chance = more * more > ERRORS_APART**2 * (lately + earlier)
    return and_(lately >= GROWN * earlier, beyond_chance)
