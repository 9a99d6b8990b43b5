"""What a trend's statement is made of: the rows that count, and the windows they fall into."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Subquery,
    Text,
    cast,
    column,
    literal,
    select,
    values,
)

from analytics.filters import Filters
from analytics.measures.actives import MONTH, WEEK
from analytics.measures.anonymous import UNITS, calendar_unit
from analytics.measures.cutting import ALL, or_not_set
from analytics.measures.durations import bin_of
from analytics.metrics import Metric, find_metric
from analytics.periods import Period, midnight
from analytics.product.properties import property_of, value_of
from analytics.product.trends.readings import Reading, so_far, trailing
from analytics.scope import (
    Viewer,
    visible_actor_days,
    visible_actor_event_days,
    visible_cell_days,
    visible_event_days,
    visible_events,
    visible_newcomers,
    visible_session_days,
)

BACK = {"wau": WEEK, "mau": MONTH, "stickiness": MONTH}  # days that end with the one shown
Instant = DateTime(timezone=True)
ONE_DAY = timedelta(days=1)
Window = tuple[str, datetime, Period]  # which, the label of the period shown, what is counted


def trend_facts(
    viewer: Viewer, filters: Filters, metric: str, by: str | None = None
) -> Select[Any]:
    """One row a thing that counts: at (an instant, or a day), series, and what the metric needs."""
    chosen, key = find_metric(metric), property_of(by)
    dimension = None if key else by
    if "newcomers" in chosen.sources:
        n = visible_newcomers(viewer, filters, dimension)
        return select(n.c.first_seen.label("at"), _series(n, by), literal(1).label("n"))
    if key or _needs_events(chosen, filters):
        return _events(visible_events(viewer, filters, dimension), by)
    return _days(viewer, filters, chosen, by)


def windows(counted: Sequence[Window], at: Any) -> CTE:
    """One row a stretch of time that is counted, and the period in which it is shown.

    Columns: which, period, complete, begins and ends (days where `at` is a day, else instants), and
    unit, the calendar unit that it is, for projects without ids.
    """
    days = isinstance(at.type, Date)
    kind = Date() if days else Instant
    types: dict[str, Any] = {"which": Text(), "period": DateTime(), "complete": Boolean()}
    types |= {"begins": kind, "ends": kind, "unit": Text()}
    columns: list[Any] = [column(name, each) for name, each in types.items()]
    rows = [
        (which, label, time.complete, *_ends(time, days), calendar_unit(time.first, time.last))
        for which, label, time in counted
    ]
    listed = values(*columns, name="listed").data(rows)
    return select(*(cast(each, each.type).label(each.name) for each in listed.c)).cte("windows")


def counted_for(
    which: str,
    labels: Sequence[datetime],
    shown: Sequence[Period],
    metric: Metric,
    reading: Reading,
    filters: Filters,
) -> list[Window]:
    """What is counted for successive periods, under the labels at which they are shown."""
    read = _read(shown, metric, reading)
    return [
        window
        for label, period, time in zip(labels, shown, read, strict=True)
        for window in _each_day((which, label, time), period, filters, metric)
    ]


def spanned(filters: Filters, shown: Sequence[Period], metric: Metric) -> Filters:
    """All days that are read: those of the periods shown, and those that metrics reach back to."""
    first = min((period.first for period in shown), default=filters.start)
    last = max((period.last for period in shown), default=filters.end)
    return filters.over(first - (BACK.get(metric.key, 1) - 1) * ONE_DAY, last)


def _needs_events(metric: Metric, span: Filters) -> bool:
    """Whether no rollup by day has what the metric needs."""
    if span.anonymous and "actives" in metric.sources:
        return False
    narrowed = bool(span.event) or span.segment is not None
    of_all = "sessions" in metric.sources and narrowed
    return span.grain == "hour" or "durations" in metric.sources or of_all


def _events(e: Subquery, by: str | None) -> Select[Any]:
    return select(
        e.c.occurred_at.label("at"),
        _series(e, by),
        literal(1).label("n"),
        cast(~e.c.ok, Integer).label("failures"),
        e.c.actor_key.label("actor"),
        e.c.session_key.label("session"),
        bin_of(e.c.duration_ms).label("bin"),
    )


def _days(viewer: Viewer, span: Filters, metric: Metric, by: str | None) -> Select[Any]:
    people = "actives" in metric.sources or span.segment is not None
    if "sessions" in metric.sources:
        s = visible_session_days(viewer, span, by)
        return select(s.c.day.label("at"), _series(s, by), s.c.session_key.label("session"))
    if span.anonymous and people:
        c = visible_cell_days(viewer, span, by)
        return _counted(c, by).add_columns(*(c.c[unit] for unit in UNITS))
    if people:
        door = visible_actor_event_days if span.event else visible_actor_days
        a = door(viewer, span, by)
        return _counted(a, by).add_columns(a.c.actor_key.label("actor"))
    return _counted((visible_event_days if span.event else visible_cell_days)(viewer, span, by), by)


def _counted(d: Subquery, by: str | None) -> Select[Any]:
    return select(d.c.day.label("at"), _series(d, by), d.c.n, d.c.failures)


def _series(source: Subquery, by: str | None) -> ColumnElement[str]:
    key = property_of(by)
    if key:
        return value_of(source, key).label("series")
    if by:
        return or_not_set(source.c.series).label("series")
    return literal(ALL).label("series")


def _ends(time: Period, days: bool) -> tuple[date, date] | tuple[datetime, datetime]:
    return (time.first, time.last) if days else (time.start, time.end)


def _read(shown: Sequence[Period], metric: Metric, reading: Reading) -> Sequence[Period]:
    """The time that is counted for each period; averages are made of what is counted for each."""
    if reading == "cumulative" and shown:
        return so_far(shown)
    return trailing(shown) if reading == "average" and "durations" in metric.sources else shown


def _each_day(window: Window, period: Period, filters: Filters, metric: Metric) -> Iterator[Window]:
    """The window itself; of metrics that reach back, one that ends with each day that they show."""
    which, label, _ = window
    back = BACK.get(metric.key)
    if back is None:
        yield window
        return
    for day in _days_shown(period, filters.today, metric):
        first, end = day - (back - 1) * ONE_DAY, day + ONE_DAY
        begins, ends = midnight(first, filters.tz), midnight(end, filters.tz)
        yield which, label, Period(label, begins, ends, first, end, period.complete)


def _days_shown(period: Period, today: date, metric: Metric) -> list[date]:
    """The last day that has begun; of stickiness, which is a mean, all days that are over."""
    if metric.key != "stickiness":
        return [min(period.last - ONE_DAY, today)]
    last = min(period.last, max(today, period.first + ONE_DAY))
    return [period.first + n * ONE_DAY for n in range((last - period.first).days)]
