"""Distinct keys of each day or hour: sessions, and where hours are asked for, actors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cells import by_cells
from analytics.measures.cutting import Values, slices
from analytics.measures.packs import Log, load_keys, load_log
from analytics.periods import Instants, Period, day_starts
from analytics.scope import Viewer


@dataclass(frozen=True, slots=True)
class Visits:
    """Which key was seen at which instant; sorted by it."""

    at: Instants
    keys: NDArray[np.int64]

    def uniques(self, periods: Sequence[Period]) -> Values:
        """Different keys in each period."""
        return np.array([len(pd.unique(self.keys[cut])) for cut in slices(self.at, periods)], float)

    def volume(self, period: Period) -> float:
        """Different keys in the period, which ranks the values of a breakdown."""
        return float(self.uniques([period])[0])

    @classmethod
    def empty(cls) -> Self:
        """Of nothing."""
        return cls(np.empty(0, "datetime64[us]"), np.empty(0, np.int64))

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """The union: a key that is in several parts is counted once."""
        at = np.concatenate([part.at for part in parts])
        return cls.of(at, np.concatenate([part.keys for part in parts]))

    @classmethod
    def of(cls, at: Instants, keys: NDArray[np.int64]) -> Self:
        """Of keys and when they were seen, in any order."""
        order = np.argsort(at, kind="stable")
        return cls(at[order], keys[order])


def load_sessions(
    conn: Connection, viewer: Viewer, filters: Filters, by: str | None = None
) -> dict[str, Visits]:
    """The sessions of each day, of each value of the breakdown."""
    carried = ["cell"] if by else []
    if filters.event:
        log = load_log(conn, viewer, filters, columns=("session", "day", *carried), ordered=False)
        day, keys, cell = log.day, log.session, log.cell
    else:
        sessions = load_keys(conn, viewer, filters, "session", columns=("key", *carried))
        day, keys, cell = sessions.day, sessions.key, sessions.cell
    at, seen = day_starts(filters)[day], keys != 0
    parts = by_cells(conn, viewer, filters, cell[seen] if by else cell, by)
    return {value: Visits.of(at[seen][part], keys[seen][part]) for value, part in parts.items()}


def load_hourly(
    conn: Connection, viewer: Viewer, filters: Filters, key: str, by: str | None = None
) -> dict[str, Visits]:
    """The actors or sessions (`key` is "actor" or "session") and when they were seen."""
    log = load_log(conn, viewer, filters, columns=(key, "at", "cell"), ordered=False)
    at, keys = log.at.view("datetime64[us]"), _keys(log, key)
    seen = keys != 0
    parts = by_cells(conn, viewer, filters, log.cell[seen], by)
    return {value: Visits.of(at[seen][part], keys[seen][part]) for value, part in parts.items()}


def _keys(log: Log, key: str) -> NDArray[np.int64]:
    return log.keys[log.actor] if key == "actor" else log.session
