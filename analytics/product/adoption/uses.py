"""How often each subject was used, how well it went, and since when it is used at all."""

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.measures.packs import kinds_of
from analytics.measures.tallies import load_tally
from analytics.scope import (
    Viewer,
    visible_hours_ever,
    visible_kinds,
)


def load_uses(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a kind that was used; the index is its id.

    Columns: subject (str), uses (int64), success and error_rate (float64), trend (lists of int: the
    uses on each day that is over).
    """
    tally = load_tally(conn, viewer, filters, ("count", "failures", "kind"))
    place, seen = tally.by_kind()
    cell = tally.day * np.int64(len(seen)) + place
    shape = filters.days, len(seen)
    counts = np.bincount(cell, tally.count, filters.days * len(seen)).reshape(shape).astype(int)
    uses, failures = counts.sum(axis=0), np.bincount(place, tally.failures, len(seen))
    kinds = kinds_of(conn, viewer, filters.project_id).set_index("id")
    over = filters.whole_days()
    rows = kinds.loc[seen, ["subject"]].assign(
        uses=uses,
        error_rate=failures / uses,
        trend=pd.Series(counts[: over.days if over else 0].T.tolist(), seen, "object"),
    )
    rows = rows[rows["uses"] > 0]
    return rows.assign(success=1 - rows["error_rate"])


def load_first_days(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """The local day of the first event ever: first_use (datetime64[us]), by the kind's id.

    Of the kinds of the event that is asked for, or of all; no other filter matters.
    """
    h = visible_hours_ever(viewer, filters.project_id)
    k = visible_kinds(viewer, filters.project_id)
    first = select(h.c.kind_id, func.min(h.c.hour).label("hour")).group_by(h.c.kind_id)
    query = first.join(k, k.c.id == h.c.kind_id)
    if filters.event:
        query = query.where(k.c.name == filters.event)
    rows = read(conn, query).set_index("kind_id")
    local = pd.to_datetime(rows["hour"], utc=True).dt.tz_convert(filters.zone)
    return pd.DataFrame({"first_use": local.dt.tz_localize(None).dt.normalize()})
