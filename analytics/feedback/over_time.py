"""A measure of feedback by period, with the time before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection, DateTime, Select, cast, func, literal, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.feedback.answers import counted, estimated
from analytics.filters import Filters
from analytics.measures.cutting import ALL, read
from analytics.periods import Period, periods
from analytics.product.intervals import Interval, intervals_cte, refuse_hours
from analytics.scope import Viewer, visible_feedback

TREND = {
    "period": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int64",
    "complete": "bool",
    "which": "str",
}


def score_trend(
    conn: Connection, viewer: Viewer, filters: Filters, measure: str = "nps"
) -> pd.DataFrame:
    """One row a period of the range and, where that is compared, of the time before.

    Columns: period (datetime64[us]: the wall time at which it begins, of the time before the one
    that it is compared with), series (str: "All"), value, low, high (float64, in the metric's unit,
    NaN without an answer; the 95 % interval), n (int64), complete (bool), which (str: current or
    previous). Raises BadFilters for hours, UnknownMetric for another measure.
    """
    return read(conn, score_trend_sql(viewer, filters, measure)).astype(TREND)


def score_trend_sql(viewer: Viewer, filters: Filters, measure: str = "nps") -> Select[Any]:
    """The rows of `score_trend`, in its columns."""
    refuse_hours("Feedback over time", filters)
    shown = periods(filters)
    labels = [period.label for period in shown]
    parts = [_by_period(viewer, filters, measure, "current", _named(shown, labels))]
    if filters.compare:
        before = filters.previous()
        labels = [filters.compared_with(period.label) for period in periods(before)]
        named = _named(periods(before), labels)
        parts.append(_by_period(viewer, before, measure, "previous", named))
    rows = union_all(*parts).subquery("over_time")
    return select(rows).order_by(rows.c.which, rows.c.period)


def _by_period(
    viewer: Viewer, filters: Filters, measure: str, which: str, shown: Sequence[Interval]
) -> Select[Any]:
    """A row for every period, also where nobody answered; none for who may not see any."""
    intervals = intervals_cte(shown, f"{which}_periods")
    f = visible_feedback(viewer, filters)
    cuts = [period.start for period in periods(filters)]
    instants = ARRAY(DateTime(timezone=True))
    edges = cast(literal(cuts, instants), instants)
    place = (func.width_bucket(f.c.said_at, edges) - 1).label("place")
    c = counted(f, measure, place).subquery(f"{which}_counted")
    value, low, high, n = estimated(c, measure)
    may_see = true() if viewer.sees(filters.project_id, "feedback") else ~true()
    return (
        select(
            intervals.c.label.label("period"),
            literal(ALL).label("series"),
            value,
            low,
            high,
            n,
            intervals.c.ripe.label("complete"),
            literal(which).label("which"),
        )
        .outerjoin_from(intervals, c, c.c.place == intervals.c.place)
        .where(may_see)
    )


def _named(shown: Sequence[Period], labels: Sequence[Any]) -> list[Interval]:
    """The periods under other labels."""
    return [
        replace(Interval.of(period), label=label)
        for period, label in zip(shown, labels, strict=True)
    ]
