"""The sessions of a range: how many, how long and deep, over time and by value, and their ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from analytics.business.summary import Headline
from analytics.filters import Filters
from analytics.measures.cells import load_cells
from analytics.measures.cutting import Values
from analytics.measures.packs import kinds_of
from analytics.metrics import Metric
from analytics.periods import day_periods, whole
from analytics.product.sessions.cutting import Sessions, load_visits
from analytics.product.sessions.ends import ENDS, LONG, ends_of, lengths_of
from analytics.product.sessions.metrics import SESSION_METRICS
from analytics.product.sessions.over_time import (
    BY_VALUE,
    OVER_TIME,
    by_value,
    in_periods,
    nothing,
    over_time,
)
from analytics.scope import Viewer


@dataclass(frozen=True, slots=True)
class SessionReport:
    """All that one reading of the events tells about their sessions.

    `headlines`: each metric of the range, against the days before. `over_time`: one row a metric,
    period and series, as `analytics.product.trends.trend` has them. `by_platform`, `by_channel`:
    one row a value: series (str), share (float64, of all sessions), and the metrics under their
    keys (float64, in their units). `ends`: one row a kind of event that begins or ends a
    session: name, subject (str), entries, exits, bounces (int64, sessions), entry_share and
    exit_share (float64 of all sessions), bounce_rate (float64, of the sessions it begins).
    `lengths`: length (str), sessions (int64), share (float64). `cut` is how many of the sessions
    no client told, but pauses.
    """

    headlines: tuple[Headline, ...]
    over_time: pd.DataFrame
    by_platform: pd.DataFrame
    by_channel: pd.DataFrame
    ends: pd.DataFrame
    lengths: pd.DataFrame
    cut: int


NOTHING = SessionReport(
    headlines=(),
    over_time=nothing(OVER_TIME),
    by_platform=nothing(BY_VALUE),
    by_channel=nothing(BY_VALUE),
    ends=nothing(ENDS),
    lengths=nothing(LONG),
    cut=0,
)


def session_report(
    conn: Connection, viewer: Viewer, filters: Filters, by: str | None = None
) -> SessionReport:
    """The sessions of the range, broken down by the dimension `by` of their first event.

    A session counts in the period, and with the value, of its first event. Raises TooWide and
    BadFilters.
    """
    if not viewer.sees(filters.project_id, "product"):
        return NOTHING
    now = load_visits(conn, viewer, filters)
    cells = load_cells(conn, viewer, filters.project_id)
    kinds = kinds_of(conn, viewer, filters.project_id).set_index("id")
    before = load_visits(conn, viewer, days_before(filters)) if filters.compare else None
    return SessionReport(
        headlines=_headlines(filters, now, before),
        over_time=over_time(filters, now, before, cells, by),
        by_platform=by_value(now, cells, "platform"),
        by_channel=by_value(now, cells, "channel"),
        ends=ends_of(now, kinds),
        lengths=lengths_of(now),
        cut=len(now) - now.told,
    )


def days_before(filters: Filters) -> Filters:
    """All days that the range, or what of it is over, is compared with."""
    over = filters.whole_days()
    wanted = [filters.previous(), *([over.previous()] if over else [])]
    return filters.over(min(days.start for days in wanted), max(days.end for days in wanted))


def _headlines(filters: Filters, now: Sessions, before: Sessions | None) -> tuple[Headline, ...]:
    over = filters.whole_days()
    ranged = in_periods(now, [whole(filters)])
    compared = in_periods(now, [whole(over)]) if over else {}
    earlier = in_periods(before, [whole(over.previous())]) if over and before else {}
    days = in_periods(now, day_periods(over)) if over else {}
    return tuple(
        _headline(metric, ranged[metric.key][0], compared, earlier, days)
        for metric in SESSION_METRICS
    )


def _headline(
    metric: Metric,
    value: float,
    compared: dict[str, Values],
    earlier: dict[str, Values],
    days: dict[str, Values],
) -> Headline:
    now, then = (_known(found.get(metric.key)) for found in (compared, earlier))
    change = now / then - 1 if now is not None and then else None
    series = tuple(float(day) for day in days.get(metric.key, ()))
    return Headline(metric, _known([value]), then, change, series, "", now)


def _known(values: Sequence[float] | Values | None) -> float | None:
    return None if values is None or np.isnan(values[0]) else float(values[0])
