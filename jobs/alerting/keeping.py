"""What came of looking at a rule: its state, its episodes, and their history."""

from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, func, insert, update

from analytics.operations.alerts.following import Followed, Looks
from analytics.operations.alerts.spans import Span, spans
from db.alert_rules import Rule
from db.tables import alert_episodes, alert_history, alert_states


def keep(conn: Connection, row: Row[*tuple[Any, ...]], rule: Rule, followed: Followed) -> None:
    """Keep how the rule stands and what it went through; `row` is the rule as it was, locked."""
    episode = row.episode_id
    for span in spans(followed, was_firing=episode is not None, above=rule.above):
        if span.started_at is None:
            _go_on(conn, episode, span, rule.above)
        else:
            episode = _begin(conn, row, span)
        if span.resolved_at:
            _write(conn, episode, span.resolved_at, "resolved")
            episode = None
    state = followed.state
    values = {
        "evaluated_until": state.until,
        "bad_since": state.bad_since,
        "good_since": state.good_since,
        "value": _judged(followed.looks),
        "episode_id": episode,
    }
    ours = update(alert_states).where(alert_states.c.rule_id == row.id)
    conn.execute(ours.values(values))


def _judged(looks: Looks) -> float | None:
    """The last figure, where there is something to hold it against: else it could not judge."""
    return None if np.isnan(looks.level[-1]) else _number(looks.value[-1])


def _begin(conn: Connection, row: Row[*tuple[Any, ...]], span: Span) -> int:
    values = {
        "rule_id": row.id,
        "project_id": row.project_id,
        "severity": row.severity,
        "started_at": span.started_at,
        "resolved_at": span.resolved_at,
        "value": _number(span.value),
        "worst": _number(span.worst),
    }
    new = insert(alert_episodes).values(values).returning(alert_episodes.c.id)
    episode = int(conn.execute(new).scalar_one())
    if span.started_at:
        _write(conn, episode, span.started_at, "fired")
    return episode


def _go_on(conn: Connection, episode: int, span: Span, above: bool) -> None:
    """It may have come to worse, and to an end."""
    worst = func.greatest if above else func.least
    values: dict[str, Any] = {"resolved_at": span.resolved_at}
    if span.worst is not None:
        values["worst"] = worst(alert_episodes.c.worst, span.worst)
    conn.execute(update(alert_episodes).where(alert_episodes.c.id == episode).values(values))


def _write(conn: Connection, episode: int, at: datetime, act: str) -> None:
    row = {"episode_id": episode, "at": at, "act": act}
    conn.execute(insert(alert_history).values(row))


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)
