"""Time to value: how long people took from their first event ever to their first use."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, LargeBinary, func, literal, select

from analytics.filters import Filters
from analytics.measures.cutting import packed, unpacked
from analytics.measures.packs import EPOCH_US, Log
from analytics.product.adoption.users import NEVER, Ids, Users
from analytics.product.attendance import who
from analytics.product.intervals import OUTSIDE
from analytics.scope import Viewer, visible_actors

SECOND = 1_000_000  # microseconds


def load_first_seen(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """When everybody was first seen: at (int64, microseconds since 1970), by the actor's key."""
    a = visible_actors(viewer, filters)
    sent = func.timestamptz_send(a.c.first_seen, type_=LargeBinary)
    moments = func.string_agg(sent, literal(b"", LargeBinary), type_=LargeBinary)
    row = conn.execute(select(packed(a.c.actor_key), moments.label("moments"))).one()
    at = unpacked(row.moments or b"") + EPOCH_US
    return pd.DataFrame({"at": at}, index=unpacked(row.keys or b""))


def seconds_to_first_use(users: Users, log: Log, first_seen: pd.DataFrame) -> "pd.Series[float]":
    """The median over those whose first use ever is in the range, by kind (float64, seconds).

    `log` holds all uses in the range, whatever their dimensions.
    """
    new = users.newcomers()
    seen = first_seen["at"].reindex(new.actor).to_numpy("float64")
    waited = (_first_uses(new, log) - seen) / SECOND
    return pd.Series(waited).groupby(new.kind).median()


def _first_uses(users: Users, log: Log) -> NDArray[np.float64]:
    """The instant of each pair's first event in the log, in microseconds."""
    kinds, actors = np.unique(users.kind), np.unique(users.actor)
    kind, actor = _places(kinds, log.kind), who(actors, log.keys)[log.actor]
    ours = (kind != OUTSIDE) & (actor != OUTSIDE)
    firsts = np.full(len(kinds) * len(actors) + 1, NEVER)  # the last is for what is not ours
    np.minimum.at(firsts, np.where(ours, kind * len(actors) + actor, -1), log.at)
    found = firsts[who(kinds, users.kind) * len(actors) + who(actors, users.actor)]
    return np.where(found < NEVER, found, np.nan)


def _places(kinds: Ids, entries: NDArray[np.int32]) -> Ids:
    """Where each entry is among the ids of a dictionary, which counts from 1."""
    most = max(int(kinds.max(initial=0)), int(entries.max(initial=0)))
    place = np.full(most + 1, OUTSIDE, np.int64)
    place[kinds] = np.arange(len(kinds))
    found: Ids = place[entries]
    return found
