"""Signals of business: conversion, failed payments and cancellations."""

from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, func, select

from analytics.measures.cutting import read
from analytics.metrics import Metric
from analytics.operations.signals.signal import HOUR, Signal, stretch_of
from analytics.operations.signals.usage import POINTS, event_counts
from analytics.scope import (
    Viewer,
    visible_business_settings,
    visible_payments,
    visible_subscription_changes,
)
from db.alert_rules import Asked
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
    asked: Asked,
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """Sign-ups for each visit: at (datetime64[us]), value (float64), n (float64: visits).

    The events are those that are asked for (`from_event`, `event`), else those of the settings.
    """
    visit, goal = _events(conn, viewer, project_id, asked)
    place = conn, viewer, project_id
    visits = event_counts(*place, {"event": visit}, start, end, minutes)
    goals = event_counts(*place, {"event": goal}, start, end, minutes)
    both = visits.merge(goals, on="at", how="left", suffixes=("", "_goal"))
    value = both["n_goal"].fillna(0) / both["n"]
    return pd.DataFrame({"at": both["at"], "value": value, "n": both["n"]}).astype(POINTS)


def failed_payments(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    asked: Asked,  # noqa: ARG001 - it can't be narrowed
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """Tries to pay that failed: at (datetime64[us]), value (float64), n (float64: all tries)."""
    p = visible_payments(viewer, project_id).c
    at = stretch_of(p.occurred_at, start, minutes)
    failed = func.count().filter(p.status == "failed").label("value")
    inside = p.occurred_at >= start, p.occurred_at < end, p.kind == "payment"
    query = select(at, failed, func.count().label("n")).where(*inside).group_by(at).order_by(at)
    return read(conn, query).astype(POINTS)


def cancellations(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    asked: Asked,  # noqa: ARG001 - it can't be narrowed
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """Subscriptions that were ended: at (datetime64[us]), value and n (float64: the same)."""
    c = visible_subscription_changes(viewer, project_id).c
    at = stretch_of(c.occurred_at, start, minutes)
    ended = func.count(c.subscription_key.distinct())
    inside = c.occurred_at >= start, c.occurred_at < end, c.status == "canceled"
    columns = at, ended.label("value"), ended.label("n")
    query = select(*columns).where(*inside).group_by(at).order_by(at)
    return read(conn, query).astype(POINTS)


def _events(conn: Connection, viewer: Viewer, project_id: int, asked: Asked) -> tuple[str, str]:
    """What is a visit, and what it shall become."""
    s = visible_business_settings(viewer, project_id).c
    row = conn.execute(select(s.visit_event, s.signup_event)).one_or_none()
    visit, goal = row or (USUAL.visit_event, USUAL.signup_event)
    return str(asked.get("from_event", visit)), str(asked.get("event", goal))


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
