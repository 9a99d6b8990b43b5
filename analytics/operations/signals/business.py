"""Signals of business: conversion, failed payments and cancellations."""

import pandas as pd
from sqlalchemy import Connection, func, select

from analytics.measures.cutting import read
from analytics.metrics import Metric
from analytics.operations.signals.signal import HOUR, Signal, inside, step_of
from analytics.operations.signals.usage import POINTS, event_counts
from analytics.operations.steps import Steps
from analytics.scope import (
    Viewer,
    visible_business_settings,
    visible_payments,
    visible_subscription_changes,
)
from db.business_settings import BusinessSettings

USUAL = BusinessSettings()

CONVERSION = Metric(
    key="conversion",
    label="Conversion",
    unit="share",
    definition="How many sign-ups there are for each visit, by the events that the settings of "
    "revenue name.",
    formula="events of signing up / events of visiting",
    direction="up",
    sources=("counts",),
    counts=False,
)


FAILED_PAYMENTS = Metric(
    key="failed_payments",
    label="Failed payments",
    unit="payments",
    definition="Tries to pay that failed, whether or not a later one succeeded.",
    formula="payments with the status failed",
    direction="down",
    sources=("counts",),
)
CANCELLATIONS = Metric(
    key="cancellations",
    label="Cancellations",
    unit="subscriptions",
    definition="Subscriptions that were ended, by their customers or for want of a payment.",
    formula="distinct subscriptions with a change to canceled",
    direction="down",
    sources=("counts",),
)


def conversion(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    steps: Steps,
    from_event: str = "",
    event: str = "",
) -> pd.DataFrame:
    """Sign-ups for each visit: at (datetime64[us]), value (float64), n (float64: visits).

    The events are those that are asked for (`from_event`, `event`), else those of the settings.
    """
    visit, goal = _events(conn, viewer, project_id)
    place = conn, viewer, project_id, steps
    visits = event_counts(*place, from_event or visit)
    goals = event_counts(*place, event or goal)
    both = visits.merge(goals, on="at", how="left", suffixes=("", "_goal"))
    value = both["n_goal"].fillna(0) / both["n"]
    return pd.DataFrame({"at": both["at"], "value": value, "n": both["n"]}).astype(POINTS)


def failed_payments(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps
) -> pd.DataFrame:
    """Tries to pay that failed: at (datetime64[us]), value (float64), n (float64: all tries)."""
    p = visible_payments(viewer, project_id).c
    at = step_of(p.occurred_at, steps)
    failed = func.count().filter(p.status == "failed").label("value")
    counted = inside(p.occurred_at, steps), p.kind == "payment"
    query = select(at, failed, func.count().label("n")).where(*counted).group_by(at).order_by(at)
    return read(conn, query).astype(POINTS)


def cancellations(conn: Connection, viewer: Viewer, project_id: int, steps: Steps) -> pd.DataFrame:
    """Subscriptions that were ended: at (datetime64[us]), value and n (float64: the same)."""
    c = visible_subscription_changes(viewer, project_id).c
    at = step_of(c.occurred_at, steps)
    ended = func.count(c.subscription_key.distinct())
    counted = inside(c.occurred_at, steps), c.status == "canceled"
    columns = at, ended.label("value"), ended.label("n")
    query = select(*columns).where(*counted).group_by(at).order_by(at)
    return read(conn, query).astype(POINTS)


def _events(conn: Connection, viewer: Viewer, project_id: int) -> tuple[str, str]:
    """What is a visit by the settings, and what it shall become."""
    s = visible_business_settings(viewer, project_id).c
    row = conn.execute(select(s.visit_event, s.signup_event)).one_or_none()
    return (row[0], row[1]) if row else (USUAL.visit_event, USUAL.signup_event)


BUSINESS = (
    Signal(
        CONVERSION,
        "business",
        "mean",
        HOUR,
        conversion,
        asks=("from_event", "event"),
        follows_events=True,
    ),
    Signal(FAILED_PAYMENTS, "business", "count", 1, failed_payments),
    Signal(CANCELLATIONS, "business", "count", HOUR, cancellations),
)
