"""Time to value: how long people took from their first event ever to their first use."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, LargeBinary, func, literal, select

from analytics.filters import Filters
from analytics.measures.cutting import packed, unpacked
from analytics.measures.packs import EPOCH_US, Log
from analytics.product.adoption.users import NEVER, Users
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
    kind, actor = who(kinds, log.kind.astype(np.int64)), who(actors, log.keys)[log.actor]
    ours = (kind != OUTSIDE) & (actor != OUTSIDE)
    firsts = np.full(len(kinds) * len(actors), NEVER)
    np.minimum.at(firsts, kind[ours] * len(actors) + actor[ours], log.at[ours])
    found = firsts[who(kinds, users.kind) * len(actors) + who(actors, users.actor)]
    return np.where(found < NEVER, found, np.nan)
