"""How fresh the data is, and what became of everything that was sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Select, func, select

from analytics.filters import Filters
from analytics.scope import (
    Viewer,
    visible_hours_ever,
    visible_intake,
    visible_ledger,
    visible_sightings,
)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the dashboards are behind: times are aware, None when nothing ever came."""

    last_event_at: datetime | None
    last_received_at: datetime | None
    lag_seconds: float
    unrolled_batches: int
    events_total: int


def freshness(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> Freshness:
    """The latest event, and how long the oldest batch that is not in the rollups has waited.

    For everybody who may see the project; all empty for others.
    """
    b, hours = visible_ledger(viewer, project_id), visible_hours_ever(viewer, project_id)
    received = select(b.c.received_at).order_by(b.c.batch_id.desc()).limit(1)
    waiting = select(func.min(b.c.received_at), func.count()).where(b.c.rolled_at.is_(None))
    oldest, unrolled = conn.execute(waiting).one()
    last = visible_sightings(viewer, project_id)
    return Freshness(
        last_event_at=conn.execute(select(func.max(last.c.occurred_at))).scalar_one(),
        last_received_at=conn.execute(received).scalar_one_or_none(),
        lag_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        unrolled_batches=unrolled,
        events_total=int(conn.execute(select(func.sum(hours.c.n))).scalar_one() or 0),
    )


def intake(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """What was sent in the range, by what became of it, the most frequent first.

    Columns: outcome (str: accepted, duplicate, or why it was dropped or rejected), n (int64).
    """
    rows = pd.read_sql(intake_sql(viewer, filters), conn)
    return rows.astype({"outcome": "str", "n": "int64"})


def intake_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The statement behind `intake`."""
    i = visible_intake(viewer, filters)
    n = func.sum(i.c.n).cast(BigInteger).label("n")
    return select(i.c.outcome, n).group_by(i.c.outcome).order_by(n.desc(), i.c.outcome)
