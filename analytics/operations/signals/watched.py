"""Signals of support and security: tickets that are opened, and what was refused."""

from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, func, select

from analytics.measures.cutting import read
from analytics.metrics import Metric
from analytics.operations.signals.signal import Signal, stretch_of
from analytics.operations.signals.usage import POINTS
from analytics.scope import Viewer, visible_security_hours, visible_tickets
from db.alert_rules import Asked

TICKET_MINUTES = 5
REFUSED = ("failed_sign_in", "unknown_key", "wrong_scope", "unknown_token", "bad_signature")

TICKETS_OPENED = Metric(
    key="tickets_opened",
    label="Tickets opened",
    unit="tickets",
    definition="Requests for help that were opened.",
    formula="tickets by the time at which they were opened",
    direction="down",
    sources=("counts",),
)
REFUSED_ATTEMPTS = Metric(
    key="refused_attempts",
    label="Refused attempts",
    unit="attempts",
    definition="Sign-ins that failed, keys and tokens that are unknown or may not do what was "
    "tried, and signatures that are wrong, in the present hour so far.",
    formula="attempts that were refused, by the hour",
    direction="down",
    sources=("counts",),
)


def tickets_opened(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    asked: Asked,
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """Tickets of a `topic`, or all: at (datetime64[us]), value and n (float64: the same)."""
    t = visible_tickets(viewer, project_id).c
    at, n = stretch_of(t.opened_at, start, minutes), func.count()
    ours = select(at, n.label("value"), n.label("n")).where(t.opened_at >= start, t.opened_at < end)
    if topic := str(asked.get("topic", "")):
        ours = ours.where(t.topic == topic)
    return read(conn, ours.group_by(at).order_by(at)).astype(POINTS)


def refused_attempts(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    asked: Asked,  # noqa: ARG001 - it can't be narrowed
    start: datetime,
    end: datetime,
    minutes: int,  # noqa: ARG001 - a series of hours
) -> pd.DataFrame:
    """What was refused in each hour: at (datetime64[us], the hour), value and n (float64).

    An hour counts from its first minute on, as it grows: nobody waits for its end.
    """
    s = visible_security_hours(viewer, project_id).c
    at, n = func.timezone("UTC", s.hour).label("at"), func.sum(s.n)
    inside = s.hour >= start, s.hour < end, s.kind.in_(REFUSED), s.project_id == project_id
    query = select(at, n.label("value"), n.label("n")).where(*inside).group_by(at).order_by(at)
    return read(conn, query).astype(POINTS)


WATCHED = (
    Signal(TICKETS_OPENED, "operations", "count", TICKET_MINUTES, tickets_opened, asks=("topic",)),
    Signal(REFUSED_ATTEMPTS, "operations", "count", 1, refused_attempts),
)
