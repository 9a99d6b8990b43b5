"""Exact uniques over any days: one bitmap of active days an actor, read once.

Every actor's days become bits. Any union of days, such as a trailing month, a calendar week or the
whole range, is then a mask and a count, never a sum of days. The technique is known as "datelist"
or active-day bitmaps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cells import by_cells
from analytics.measures.cutting import Values, ratio
from analytics.measures.packs import What, load_keys
from analytics.periods import Period
from analytics.scope import Viewer

WORD = 64
WEEK, MONTH = 7, 28


@dataclass(frozen=True, slots=True)
class Actives:
    """Who was active when: bit d % 64 of words[d // 64] is day `first` + d of each actor."""

    first: date
    today: date
    keys: NDArray[np.int64]
    words: NDArray[np.uint64]

    def distinct(self, first: date, last: date) -> int:
        """Different actors active on any day in [first, last)."""
        start, end = (max(0, (day - self.first).days) for day in (first, last))
        active = np.zeros(len(self.keys), np.uint64)
        for word in range(start // WORD, min(-(-end // WORD), len(self.words))):
            active |= self.words[word] & _mask(start - word * WORD, end - word * WORD)
        return int(np.count_nonzero(active))

    def uniques(self, periods: Sequence[Period]) -> Values:
        """Different actors in each period."""
        return np.array([self.distinct(p.first, p.last) for p in periods], float)

    def trailing(self, days: int, periods: Sequence[Period]) -> Values:
        """Different actors in the days that end with the last day of each period that has begun."""
        return np.array([self._trailing(days, self._last_day(p)) for p in periods], float)

    def stickiness(self, periods: Sequence[Period]) -> Values:
        """The mean of DAU / MAU over the days of each period that are over."""
        return np.array([self._stickiness(period) for period in periods], float)

    def volume(self, period: Period) -> float:
        """Different actors in the period, which ranks the values of a breakdown."""
        return float(self.distinct(period.first, period.last))

    @classmethod
    def empty(cls) -> Self:
        """Of nobody."""
        return cls(date.min, date.max, np.empty(0, np.int64), np.empty((0, 0), np.uint64))

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """The union: an actor who is in several parts is one actor."""
        keys = np.concatenate([part.keys for part in parts])
        words = np.concatenate([part.words for part in parts], axis=1)
        order = np.argsort(keys)
        unique, starts = np.unique(keys[order], return_index=True)
        joined = np.bitwise_or.reduceat(words[:, order], starts, axis=1) if len(keys) else words
        return cls(parts[0].first, parts[0].today, unique, joined)

    def _trailing(self, days: int, last: date) -> int:
        after = last + timedelta(days=1)
        return self.distinct(after - timedelta(days=days), after)

    def _last_day(self, period: Period) -> date:
        return min(period.last - timedelta(days=1), self.today)

    def _stickiness(self, period: Period) -> float:
        last = min(period.last, max(self.today, period.first + timedelta(days=1)))
        days = [period.first + timedelta(days=n) for n in range((last - period.first).days)]
        daily, monthly = ([self._trailing(n, day) for day in days] for n in (1, MONTH))
        shares = ratio(np.array(daily, float), np.array(monthly, float))
        known = shares[~np.isnan(shares)]
        return float(known.mean()) if len(known) else np.nan


def load_actives(
    conn: Connection, viewer: Viewer, filters: Filters, by: str | None = None
) -> dict[str, Actives]:
    """The active days of every actor, of each value of the breakdown."""
    what: What = "actor_event" if filters.event else "actor"
    columns = ("key", *(["cell"] if by else []))
    keys = load_keys(conn, viewer, filters, what, columns=columns)
    parts = by_cells(conn, viewer, filters, keys.cell, by)
    return {value: _bits(filters, keys.day[part], keys.key[part]) for value, part in parts.items()}


def _bits(filters: Filters, day: NDArray[np.int32], key: NDArray[np.int64]) -> Actives:
    places, keys = pd.factorize(key)
    words = np.zeros((-(-filters.days // WORD), len(keys)), np.uint64)
    bit = np.left_shift(np.uint64(1), (day % WORD).astype(np.uint64))
    np.bitwise_or.at(words, (day // WORD, places), bit)
    return Actives(filters.start, filters.today, keys, words)


def _mask(start: int, end: int) -> np.uint64:
    """The bits [start, end) of a word."""
    low, high = max(0, start), min(WORD, end)
    return np.uint64(((1 << max(0, high - low)) - 1) << low)
