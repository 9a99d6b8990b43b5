"""The headline: each metric over the range, how it changed, and its days."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.measures.loading import TRAILING, Measured, load, values_of
from analytics.metrics import Metric, find_metric
from analytics.periods import Period, day_periods, whole
from analytics.scope import Viewer


@dataclass(frozen=True, slots=True)
class Headline:
    """One tile. Values are in the metric's unit, None where there is none.

    `value` is of the whole range; the trailing metrics (weekly and monthly actives, stickiness)
    take its days that are over. `change` is `compared` / `previous` - 1: the range's days that
    are over against as many days before, weekday by weekday. `series` holds the days that are
    over, oldest first (NaN without a value), and `note` says what was left out, if anything.
    """

    metric: Metric
    value: float | None
    previous: float | None
    change: float | None
    series: tuple[float, ...]
    note: str
    compared: float | None = None


def headline(
    conn: Connection, viewer: Viewer, filters: Filters, keys: Sequence[str]
) -> list[Headline]:
    """One headline a metric key, in this order; empty for who may not see it.

    What several metrics need is read once. Raises UnknownMetric.
    """
    metrics = [find_metric(key) for key in keys]
    daily = replace(filters, grain="day")
    if not viewer.sees(filters.project_id, "product"):
        return []
    before = _before(daily)
    days = [*(day_periods(before) if before else []), *day_periods(daily)]
    loaded = load(conn, viewer, daily, days, metrics) if days else {}
    measured = loaded.get(ALL, Measured())
    return [_headline(metric, daily, measured) for metric in metrics]


def _before(daily: Filters) -> Filters | None:
    over = daily.whole_days()
    return over.previous() if over and daily.compare else None


def _headline(metric: Metric, daily: Filters, measured: Measured) -> Headline:
    over, before = daily.whole_days(), _before(daily)
    ranged = over if over and metric.key in TRAILING else daily
    value = _value(metric, measured, whole(ranged))
    compared = _value(metric, measured, whole(over)) if over else None
    previous = _value(metric, measured, whole(before)) if before else None
    days = day_periods(over) if over else []
    series = tuple(float(day) for day in values_of(metric, measured, days))
    change = compared / previous - 1 if compared is not None and previous else None
    return Headline(metric, value, previous, change, series, _note(daily, value), compared)


def _value(metric: Metric, measured: Measured, period: Period) -> float | None:
    value = float(values_of(metric, measured, [period])[0])
    return None if math.isnan(value) else value


def _note(daily: Filters, value: float | None) -> str:
    over = daily.whole_days()
    if daily.start > daily.today:
        return "These days have not begun."
    if value is None and daily.anonymous:
        return "Without ids, people are counted over one day, week or month, not over this range."
    if over is None:
        return "Today is not over; there is nothing to compare it with yet."
    if over.end == daily.end or not daily.compare:
        return ""
    before = over.previous()
    return (
        f"The change leaves out today, which is not over: {over.days} days from {over.start} "
        f"against {before.days} days from {before.start}."
    )
