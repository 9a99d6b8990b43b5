"""Signals of support: tickets as they come and go, how long they wait, and how content people are.

A ticket counts when something happens to it, as on the page of support.
"""

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Double, Select, cast, extract, func, select

from analytics.measures.cutting import read
from analytics.operations.signals.signal import HOUR, Series, Shape, Signal, inside, step_of
from analytics.operations.signals.usage import POINTS
from analytics.operations.steps import Steps
from analytics.operations.support.counting import CONTENT
from analytics.operations.support.counting import HOUR as AN_HOUR
from analytics.operations.support.counting import MINUTE as A_MINUTE
from analytics.operations.support.metrics import SUPPORT_METRICS
from analytics.operations.support.signals import ticket_counts
from analytics.scope import Viewer, visible_tickets

FINEST = 5  # minutes
SPANS = {"first_response_at": A_MINUTE, "resolved_at": AN_HOUR}  # seconds of a unit


def opened(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, topic: str = ""
) -> pd.DataFrame:
    """Tickets that were opened: at (datetime64[us]), value and n (float64: the same)."""
    return ticket_counts(conn, viewer, project_id, *steps, topic)


def resolved(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, topic: str = ""
) -> pd.DataFrame:
    """Tickets that were resolved: at (datetime64[us]), value and n (float64: the same)."""
    t = visible_tickets(viewer, project_id).c
    at, n = step_of(t.resolved_at, steps), func.count()
    query = select(at, n.label("value"), n.label("n")).where(inside(t.resolved_at, steps))
    return read(conn, _about(query, t.topic, topic).group_by(at).order_by(at)).astype(POINTS)


def backlog(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, topic: str = ""
) -> pd.DataFrame:
    """Tickets that are open at the end of each step: at (datetime64[us]), value and n (float64).

    A row a step, 0 where none is; empty for who may not see any.
    """
    if not viewer.sees(project_id, "operations"):
        return pd.DataFrame(columns=list(POINTS)).astype(POINTS)
    t = visible_tickets(viewer, project_id).c
    still = t.resolved_at.is_(None) | (t.resolved_at >= steps.start)
    waiting = select(func.count()).where(t.opened_at < steps.start, still)
    before = conn.execute(_about(waiting, t.topic, topic)).scalar_one()
    came, went = (
        each(conn, viewer, project_id, steps, topic).set_index("at")["value"]
        for each in (opened, resolved)
    )
    begins = pd.Timestamp(steps.start).tz_convert("UTC").tz_localize(None)
    ends = pd.Timestamp(steps.end).tz_convert("UTC").tz_localize(None)
    at = pd.date_range(begins, ends, freq=f"{steps.minutes}min", inclusive="left", unit="us")
    moved = came.reindex(at, fill_value=0) - went.reindex(at, fill_value=0)
    value = before + np.cumsum(moved.to_numpy())
    return pd.DataFrame({"at": at, "value": value, "n": value}).astype(POINTS)


def answered(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, topic: str = ""
) -> pd.DataFrame:
    """How long each waited for its first answer: at (datetime64[us]), value (float64, min), n."""
    return _waited(conn, viewer, project_id, steps, topic, "first_response_at")


def solved(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, topic: str = ""
) -> pd.DataFrame:
    """How long each took to be resolved: at (datetime64[us]), value (float64, h), n (1)."""
    return _waited(conn, viewer, project_id, steps, topic, "resolved_at")


def content(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, topic: str = ""
) -> pd.DataFrame:
    """Who was content, of those who rated: at (datetime64[us]), value (share), n (ratings)."""
    t = visible_tickets(viewer, project_id).c
    at, n = step_of(t.resolved_at, steps), func.count(t.csat)
    share = cast(func.count(t.csat).filter(t.csat >= CONTENT), Double) / n
    rated = inside(t.resolved_at, steps), t.csat.is_not(None)
    query = select(at, share.label("value"), n.label("n")).where(*rated)
    return read(conn, _about(query, t.topic, topic).group_by(at).order_by(at)).astype(POINTS)


def _waited(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, topic: str, until: str
) -> pd.DataFrame:
    t = visible_tickets(viewer, project_id).c
    seconds = extract("epoch", t[until] - t.opened_at)
    value = cast(seconds / SPANS[until], Double).label("value")
    query = select(step_of(t[until], steps), value).where(inside(t[until], steps))
    found = read(conn, _about(query, t.topic, topic).order_by(t[until]))
    return found.assign(n=1.0)[list(POINTS)].astype(POINTS)


def _about(
    query: Select[*tuple[Any, ...]], column: ColumnElement[str], topic: str
) -> Select[*tuple[Any, ...]]:
    """Of a topic, where one is asked for."""
    return query.where(column == topic) if topic else query


def _of_tickets(key: str, shape: Shape, series: Series, finest: int = FINEST) -> Signal:
    return Signal(SUPPORT_METRICS[key], "operations", shape, finest, series, asks=("topic",))


SUPPORT = (
    _of_tickets("tickets", "count", opened),
    _of_tickets("tickets_resolved", "count", resolved),
    _of_tickets("backlog", "latest", backlog, HOUR),
    _of_tickets("first_response", "median", answered),
    _of_tickets("resolution", "median", solved),
    _of_tickets("ticket_csat", "share", content),
)
