"""The metrics of sessions by period and by value: those of a session's first event."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.filters import Filters
from analytics.measures.cells import Cells
from analytics.measures.cutting import ALL, OTHER, Values
from analytics.periods import Period, instants, periods
from analytics.product.sessions.cutting import Sessions
from analytics.product.sessions.metrics import SESSION_METRICS, measured

KEYS = tuple(metric.key for metric in SESSION_METRICS)
TOP = 6  # values of a breakdown that are told apart
OVER_TIME = {
    "metric": "str",
    "period": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "complete": "bool",
    "which": "str",
    "at": "datetime64[us]",
}
BY_VALUE = {"series": "str", "share": "float64", **dict.fromkeys(KEYS, "float64")}

Series = tuple[NDArray[np.int64], list[str]]  # the place of each session's, and their names


def nothing(columns: dict[str, str]) -> pd.DataFrame:
    """No rows, with these columns and types."""
    return pd.DataFrame(columns=list(columns)).astype(columns)


def in_periods(sessions: Sessions, shown: Sequence[Period]) -> dict[str, Values]:
    """Each metric of the sessions that begin in each period."""
    return measured(sessions, _period_of(sessions, shown), len(shown))


def _period_of(sessions: Sessions, shown: Sequence[Period]) -> NDArray[np.int64]:
    """The place of the period in which each session begins; -1 for none."""
    starts, ends = (
        instants([getattr(period, edge) for period in shown]).astype(np.int64)
        for edge in ("start", "end")
    )
    place = np.searchsorted(starts, sessions.begin, side="right") - 1
    inside = (place >= 0) & (sessions.begin < ends[place])
    return np.where(inside, place, -1)


def over_time(
    filters: Filters, now: Sessions, before: Sessions | None, cells: Cells, by: str | None
) -> pd.DataFrame:
    """Each metric by period of all sessions and of those with each value of `by`."""
    shown = periods(filters)
    if not shown:
        return nothing(OVER_TIME)
    labels = [period.label for period in shown]
    parts = [_rows(now, _all(now), shown, labels, "current")]
    if by:
        parts.append(_rows(now, _series(now, cells, by), shown, labels, "current"))
    if before is not None:
        then = periods(filters.previous())
        labels = [filters.compared_with(period.label) for period in then]
        parts.append(_rows(before, _all(before), then, labels, "previous"))
    return pd.concat(parts, ignore_index=True).astype(OVER_TIME)


def _rows(
    sessions: Sessions,
    series: Series,
    shown: Sequence[Period],
    labels: Sequence[datetime],
    which: str,
) -> pd.DataFrame:
    """One row a metric, series and period."""
    code, names = series
    period = _period_of(sessions, shown)
    group = np.where(period < 0, -1, code * len(shown) + period)
    found = measured(sessions, group, len(names) * len(shown))
    index = pd.MultiIndex.from_product([names, range(len(shown))], names=["series", "place"])
    rows = (
        pd.DataFrame(found, index=index)
        .melt(var_name="metric", value_name="value", ignore_index=False)
        .reset_index()
    )
    place = rows.pop("place").to_numpy()
    return rows.assign(
        period=np.array(labels, "datetime64[us]")[place],
        complete=np.array([period.complete for period in shown], bool)[place],
        which=which,
        at=np.array([period.label for period in shown], "datetime64[us]")[place],
    )[list(OVER_TIME)]


def _all(sessions: Sessions) -> Series:
    return np.zeros(len(sessions), np.int64), [ALL]


def _series(sessions: Sessions, cells: Cells, by: str, top: int = TOP) -> Series:
    """The place of each session's value among the `top` with the most sessions, then "Other"."""
    code, names = cells.codes(sessions.cell, by), cells.labels(by)
    count = np.bincount(code, minlength=len(names))
    ranked = np.argsort(-count, kind="stable")
    ranked = ranked[count[ranked] > 0]
    place = np.full(len(names), top)
    place[ranked[:top]] = np.arange(min(len(ranked), top))
    others = [OTHER] if len(ranked) > top else []
    return place[code], [names[number] for number in ranked[:top]] + others


def by_value(sessions: Sessions, cells: Cells, dimension: str) -> pd.DataFrame:
    """One row a value of a dimension that has sessions, the most used first."""
    code, names = cells.codes(sessions.cell, dimension).astype(np.int64), cells.labels(dimension)
    rows = pd.DataFrame(measured(sessions, code, len(names))).assign(series=names)
    rows["share"] = rows["count"] / max(len(sessions), 1)
    rows = rows[rows["count"] > 0].sort_values("count", ascending=False, kind="stable")
    return rows[list(BY_VALUE)].astype(BY_VALUE).reset_index(drop=True)
