"""Who was seen for the first time ever, and on which day."""

from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import BigInteger, Connection, cast, func, select

from analytics.filters import Filters
from analytics.measures.cutting import edge_before, packed, read, unpacked
from analytics.measures.packs import Keys
from analytics.periods import midnight
from analytics.scope import Viewer, visible_actors, visible_newcomers, within

NONE = np.empty(0, np.int64)


def load_firsts_ever(conn: Connection, viewer: Viewer, filters: Filters) -> Keys:
    """One entry an actor whose first event ever is in the range, with that event's day and cell.

    Filters on dimensions keep those whose first event has them, as for the metric "New users".
    """
    n = visible_newcomers(viewer, filters)
    days = [filters.start + timedelta(days=day) for day in range(filters.days + 1)]
    edge = edge_before(n.c.first_seen, [midnight(day, filters.tz) for day in days])
    cell = packed(cast(n.c.first_cell, BigInteger)).label("cells")
    rows = read(conn, select(edge, packed(n.c.actor_key), cell).group_by(edge))
    keys, cells = ([unpacked(sent) for sent in rows[name]] for name in ("keys", "cells"))
    day = rows["edge"].to_numpy("int64") - 1
    return Keys(
        day=np.repeat(day, [len(part) for part in keys]).astype(np.int32),
        key=np.concatenate([NONE, *keys]),
        cell=np.concatenate([NONE, *cells]).astype(np.int32),
        kind=np.empty(0, np.int32),
    )


def recording_since(conn: Connection, viewer: Viewer, filters: Filters) -> datetime | None:
    """When anybody was first seen; None where nobody ever was."""
    a = visible_actors(within(viewer, "product"), filters)
    first: datetime | None = conn.execute(select(func.min(a.c.first_seen))).scalar_one()
    return first
