"""Who used what: the different pairs of a kind of event and an actor, with the days of use."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from analytics.filters import MAX_DAYS, Filters
from analytics.measures.packs import load_keys
from analytics.measures.unpacking import in_chosen_cells
from analytics.scope import Viewer, visible_calendar

NEVER = np.iinfo(np.int64).max

Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Users:
    """One entry a pair of kind and actor that the filters keep, in every array.

    `kind` are ids and `actor` keys (int64), `days` is on how many days of the range (int64), and
    `first` the day of the first use ever, counted from the first of the range: negative before it,
    and with no regard to filters on dimensions (int64).
    """

    kind: Ids
    actor: Ids
    days: Ids
    first: Ids

    @property
    def new(self) -> Flags:
        """Whose first use ever is in the range."""
        return self.first >= 0

    def of(self, kinds: Ids) -> Self:
        """Those of these kinds."""
        return self._taken(np.isin(self.kind, kinds))

    def newcomers(self) -> Self:
        """Those whose first use ever is in the range."""
        return self._taken(self.new)

    def share(self, which: Flags) -> pd.Series:
        """The share of each kind's users for whom it is so, by kind (float64)."""
        return pd.Series(which).groupby(self.kind).mean()

    def _taken(self, which: Flags) -> Self:
        return type(self)(*(getattr(self, one.name)[which] for one in fields(self)))


def load_users(conn: Connection, viewer: Viewer, filters: Filters) -> Users:
    """Who used the event that is asked for, in the light of all days on record."""
    record = replace(filters.anywhere(), start=_first_day(conn, viewer, filters))
    keys = load_keys(conn, viewer, record, "actor_event")
    day = keys.day - (filters.start - record.start).days
    kept = (day >= 0) & in_chosen_cells(conn, viewer, filters, keys.cell)
    place, kind, actor = _pairs(keys.kind, keys.key)
    first = np.full(len(kind), NEVER)
    np.minimum.at(first, place, day)
    dates = pd.unique(place[kept] * filters.days + day[kept])
    days = np.bincount(dates // filters.days, minlength=len(kind))
    used = days > 0
    return Users(kind[used], actor[used], days[used], first[used])


def count_active(conn: Connection, viewer: Viewer, filters: Filters) -> int:
    """Different actors that did anything in the range."""
    anything = replace(filters, event="", subject=None)
    return len(pd.unique(load_keys(conn, viewer, anything, "actor", columns=("key",)).key))


def _first_day(conn: Connection, viewer: Viewer, filters: Filters) -> date:
    """The first day on record, or of the range where that is earlier."""
    days = visible_calendar(viewer, filters.project_id)
    first: date = conn.execute(select(func.min(days.c.day))).scalar_one() or filters.start
    return max(min(first, filters.start), filters.end - timedelta(days=MAX_DAYS["day"]))


def _pairs(kind: NDArray[np.int32], actor: Ids) -> tuple[Ids, Ids, Ids]:
    """The number of each entry's pair, and the kind and the actor of each pair."""
    kind_code, kinds = pd.factorize(kind)
    actor_code, actors = pd.factorize(actor)
    place, codes = pd.factorize(kind_code.astype(np.int64) * len(actors) + actor_code)
    if not len(codes):
        return place, codes, codes
    return place, kinds[codes // len(actors)].astype(np.int64), actors[codes % len(actors)]
