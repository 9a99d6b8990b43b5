"""Signals of support and security: tickets that are opened, and what was refused."""

from datetime import datetime
from functools import partial

import pandas as pd
from sqlalchemy import Connection, func, select

from analytics.measures.cutting import read
from analytics.metrics import Metric
from analytics.operations.security.metrics import SECURITY_METRICS
from analytics.operations.security.signals import security_counts
from analytics.operations.signals.signal import Signal
from analytics.operations.signals.usage import POINTS
from analytics.operations.support.metrics import SUPPORT_METRICS
from analytics.operations.support.signals import ticket_counts
from analytics.scope import Viewer, visible_security_hours
from db.alert_rules import Asked

TICKET_MINUTES = 5
REFUSED = ("failed_sign_in", "unknown_key", "wrong_scope", "unknown_token", "bad_signature")

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
    topic = str(asked.get("topic", ""))
    return ticket_counts(conn, viewer, project_id, start, end, minutes, topic)


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


def security(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    asked: Asked,  # noqa: ARG001 - it can't be narrowed
    start: datetime,
    end: datetime,
    minutes: int,
    kind: str = REFUSED[0],
) -> pd.DataFrame:
    """What happened of a kind in each hour, in the project and in none: at, value and n."""
    return security_counts(conn, viewer, project_id, kind, start, end, minutes)


WATCHED = (
    Signal(
        SUPPORT_METRICS["tickets"],
        "operations",
        "count",
        TICKET_MINUTES,
        tickets_opened,
        asks=("topic",),
    ),
    Signal(REFUSED_ATTEMPTS, "operations", "count", 1, refused_attempts),
    *(
        Signal(metric, "operations", "count", 1, partial(security, kind=kind))
        for kind, metric in SECURITY_METRICS.items()
    ),
)
