"""Distinct keys of each day or hour: sessions, and where hours are asked for, actors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from analytics.filters import Filters
from analytics.measures.cutting import (
    Values,
    at_days,
    at_edges,
    by_value,
    edge_before,
    edges,
    packed,
    read,
    slices,
    unpacked,
)
from analytics.periods import Instants, Period
from analytics.scope import Viewer, visible_events, visible_session_days


@dataclass(frozen=True, slots=True)
class Visits:
    """The keys that were seen from each instant on; sorted by it."""

    at: Instants
    keys: tuple[NDArray[np.int64], ...]

    def uniques(self, periods: Sequence[Period]) -> Values:
        """Different keys in each period."""
        return np.array([self._distinct(cut) for cut in slices(self.at, periods)], float)

    def volume(self, period: Period) -> float:
        """Different keys in the period, which ranks the values of a breakdown."""
        return float(self.uniques([period])[0])

    @classmethod
    def empty(cls) -> Self:
        """Of nothing."""
        return cls(np.empty(0, "datetime64[us]"), ())

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """The union: a key that is in several parts is counted once."""
        return cls._sorted(
            np.concatenate([part.at for part in parts]), [k for part in parts for k in part.keys]
        )

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Self:
        """From rows of at and packed keys."""
        keys = [unpacked(sent) for sent in rows["keys"]]
        return cls._sorted(rows["at"].to_numpy("datetime64[us]"), keys)

    @classmethod
    def _sorted(cls, at: Instants, keys: Sequence[NDArray[np.int64]]) -> Self:
        order = np.argsort(at, kind="stable")
        return cls(at[order], tuple(keys[place] for place in order))

    def _distinct(self, cut: slice) -> int:
        found = self.keys[cut]
        return len(pd.unique(np.concatenate(found))) if found else 0


def load_sessions(
    conn: Connection, viewer: Viewer, filters: Filters, by: str | None = None
) -> dict[str, Visits]:
    """The sessions of each day, of each value of the breakdown."""
    s = visible_session_days(viewer, filters, by)
    query = select(s.c.day, packed(s.c.session_key)).group_by(s.c.day)
    if by:
        query = query.add_columns(s.c.series).group_by(s.c.series)
    rows = at_days(read(conn, query), filters)
    return {value: Visits.of(part) for value, part in by_value(rows, by).items()}


def load_hourly(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    periods: Sequence[Period],
    key: str,
    by: str | None = None,
) -> dict[str, Visits]:
    """The actors or sessions (`key` is a column of events) of each period, from raw events."""
    e, cuts = visible_events(viewer, filters, by), edges(periods)
    columns = [edge_before(e.c.occurred_at, cuts), e.c[key].label("key")]
    columns += [e.c.series] if by else []
    seen = select(*columns).where(e.c[key].is_not(None)).distinct().subquery("seen")
    groups = [seen.c.edge, *([seen.c.series] if by else [])]
    rows = at_edges(read(conn, select(*groups, packed(seen.c.key)).group_by(*groups)), cuts)
    return {value: Visits.of(part) for value, part in by_value(rows, by).items()}
