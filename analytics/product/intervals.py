"""The intervals of a question as numbers of its days, in arrays and in SQL."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    and_,
    cast,
    column,
    select,
    values,
)

from analytics.filters import BadFilters, Filters
from analytics.metrics import DAILY
from analytics.periods import Period

OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Interval:
    """The local days [first, last) with the wall time at which the calendar's interval begins.

    `ripe` is False while it is not over, and when the range cuts a part of it off.
    """

    label: datetime
    first: date
    last: date
    ripe: bool

    @classmethod
    def of(cls, period: Period) -> Self:
        """A period of the range."""
        return cls(period.label, period.first, period.last, period.complete)

    @classmethod
    def between(cls, first: date, last: date) -> Self:
        """Some days that are over."""
        return cls(datetime.combine(first, time()), first, last, True)


NO_DAY = Interval.between(date.min, date.min)


def refuse_hours(what: str, filters: Filters) -> None:
    """Raises BadFilters for hours: the rollups know who was there on which day."""
    if filters.grain not in DAILY:
        raise BadFilters(f"{what} is by {', '.join(DAILY)}, not by {filters.grain}.")


def intervals_of(intervals: Sequence[Interval], origin: date, days: int) -> NDArray[np.int32]:
    """For each of the days from `origin` on the number of its interval; OUTSIDE where in none."""
    found = np.full(days, OUTSIDE, np.int32)
    for place, interval in enumerate(intervals):
        start, end = ((day - origin).days for day in (interval.first, interval.last))
        found[max(start, 0) : max(end, 0)] = place
    return found


def intervals_cte(intervals: Sequence[Interval], name: str = "intervals") -> CTE:
    """The intervals as rows: place (their number), label, first, last and ripe."""
    listed = values(
        column("place", Integer),
        column("label", DateTime),
        column("first", Date),
        column("last", Date),
        column("ripe", Boolean),
        name="listed",
    ).data([(place, *astuple(one)) for place, one in enumerate(intervals or [NO_DAY])])
    return select(
        listed.c.place,
        cast(listed.c.label, DateTime).label("label"),
        cast(listed.c.first, Date).label("first"),
        cast(listed.c.last, Date).label("last"),
        listed.c.ripe,
    ).cte(name)


def in_interval(day: ColumnElement[Any], intervals: CTE) -> ColumnElement[bool]:
    """SQL for whether a day lies in an interval."""
    return and_(day >= intervals.c.first, day < intervals.c.last)
