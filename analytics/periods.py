"""The calendar of a project: a range cut into hours, days, weeks or months of its time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.filters import MAX_DAYS, BadFilters, Filters, add_months

Instants = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time [start, end) in UTC and the local days [first, last) that it touches.

    `label` is the local wall time at which the calendar's period begins. `complete` is False
    while it is not over, and when the range cuts a part of it off.
    """

    label: datetime
    start: datetime
    end: datetime
    first: date
    last: date
    complete: bool


def periods(filters: Filters) -> list[Period]:
    """The periods of the range, oldest first, without those that have not begun.

    Where the clock is set back, the hour that comes twice is one period of two hours; the hour
    that is skipped has none. Raises BadFilters for too many of them.
    """
    if filters.days > MAX_DAYS[filters.grain]:
        most = MAX_DAYS[filters.grain]
        raise BadFilters(f"By {filters.grain}, a range has at most {most} days.")
    return list(_hours(filters) if filters.grain == "hour" else _spans(filters))


def day_periods(filters: Filters) -> list[Period]:
    """The days of the range, whatever its grain."""
    return list(_spans(filters, "day"))


def whole(filters: Filters) -> Period:
    """The whole range as one period."""
    start, end = ends(filters)
    label = datetime.combine(filters.start, time())
    return Period(label, start, end, filters.start, filters.end, end <= filters.now)


def ends(filters: Filters) -> tuple[datetime, datetime]:
    """The instants at which the range begins and ends, in UTC."""
    return midnight(filters.start, filters.tz), midnight(filters.end, filters.tz)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in this zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_starts(filters: Filters) -> Instants:
    """The first instant of each day of the range."""
    days = [filters.start + timedelta(days=number) for number in range(filters.days)]
    return instants([midnight(day, filters.tz) for day in days])


def instants(moments: Sequence[datetime]) -> Instants:
    """Aware times as numpy's UTC, which knows no zones."""
    naive = [moment.astimezone(UTC).replace(tzinfo=None) for moment in moments]
    return np.array(naive, dtype="datetime64[us]")


def _spans(filters: Filters, grain: str = "") -> list[Period]:
    grain = grain or filters.grain
    found = []
    first = _floor(filters.start, grain)
    while first < filters.end and midnight(first, filters.tz) <= filters.now:
        following = _after(first, grain)
        found.append(_span(filters, first, following))
        first = following
    return found


def _span(filters: Filters, first: date, following: date) -> Period:
    start, end = max(first, filters.start), min(following, filters.end)
    over = midnight(end, filters.tz)
    complete = (start, end) == (first, following) and over <= filters.now
    label = datetime.combine(first, time())
    return Period(label, midnight(start, filters.tz), over, start, end, complete)


def _hours(filters: Filters) -> list[Period]:
    walls = [
        datetime.combine(filters.start, time()) + timedelta(hours=hour)
        for hour in range(24 * filters.days)
    ]
    begun = [(wall, _instant(wall, filters.tz)) for wall in walls if _exists(wall, filters.tz)]
    ends = [start for _, start in begun[1:]] + [midnight(filters.end, filters.tz)]
    return [
        Period(wall, start, end, wall.date(), wall.date() + timedelta(days=1), end <= filters.now)
        for (wall, start), end in zip(begun, ends, strict=True)
        if start <= filters.now
    ]


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _exists(wall: datetime, zone: ZoneInfo) -> bool:
    return _instant(wall, zone).astimezone(zone).replace(tzinfo=None) == wall


def _floor(day: date, grain: str) -> date:
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def _after(day: date, grain: str) -> date:
    if grain == "month":
        return add_months(day, 1)
    return day + timedelta(days=7 if grain == "week" else 1)
