"""Signals of security: what was refused, what was too much, and what was taken along."""

from functools import partial

import pandas as pd
from sqlalchemy import Connection, func, select

from analytics.measures.cutting import read
from analytics.metrics import Metric
from analytics.operations.security.metrics import SECURITY_METRICS
from analytics.operations.security.signals import security_counts
from analytics.operations.signals.signal import Signal, inside
from analytics.operations.signals.usage import POINTS
from analytics.operations.steps import Steps
from analytics.scope import Viewer, visible_security_hours

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


def refused_attempts(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps
) -> pd.DataFrame:
    """What was refused in each hour: at (datetime64[us], the hour), value and n (float64).

    An hour counts from its first minute on, as it grows: nobody waits for its end.
    """
    s = visible_security_hours(viewer, project_id).c
    at, n = func.timezone("UTC", s.hour).label("at"), func.sum(s.n)
    ours = inside(s.hour, steps), s.kind.in_(REFUSED), s.project_id == project_id
    query = select(at, n.label("value"), n.label("n")).where(*ours).group_by(at).order_by(at)
    return read(conn, query).astype(POINTS)


def security(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, kind: str = REFUSED[0]
) -> pd.DataFrame:
    """What happened of a kind in each hour, in the project and in none: at, value and n."""
    return security_counts(conn, viewer, project_id, kind, *steps)


SECURITY = (
    Signal(REFUSED_ATTEMPTS, "operations", "count", 1, refused_attempts),
    *(
        Signal(metric, "operations", "count", 1, partial(security, kind=kind))
        for kind, metric in SECURITY_METRICS.items()
    ),
)
