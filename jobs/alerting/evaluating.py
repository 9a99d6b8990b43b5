"""Looking at rules: each from where it was left, in a transaction of its own.

What was looked at is kept with what came of it, so that a worker that is killed at any point loses
and repeats nothing, however many workers there are.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, Select, func, select

from analytics.operations.alerts.following import State, moments
from analytics.operations.alerts.looking import look_over
from analytics.operations.signals.catalogue import find_signal
from analytics.scope import Viewer
from db.alert_rules import rule_of
from db.sentry import tell as report
from db.tables import alert_rules, alert_states, ledger, projects
from jobs.alerting.keeping import keep

SETTLES = timedelta(seconds=20)  # until what happened in a minute has been sent and stored
LONGEST = timedelta(days=2)  # that is looked back after a pause; minutes are kept as long

log = structlog.get_logger()


def evaluate(engine: Engine, now: datetime) -> int:
    """Look at every rule that is due; returns how many began to fire or were well again."""
    with engine.connect() as conn:
        rows = conn.execute(_rules()).all()
    return sum(_evaluate(engine, row, now) for row in rows)


def worker(project_id: int) -> Viewer:
    """Who looks at the rules of a project."""
    return Viewer(None, "", "admin", frozenset({project_id}))


def _rules() -> Select[Any]:
    """Rules that are looked at, with their states and the zones of their projects."""
    zone = func.coalesce(projects.c.timezone, "UTC").label("zone")
    columns = [each for each in alert_states.c if each.name not in ("rule_id", "value")]
    return (
        select(alert_rules, *columns, zone)
        .join(alert_states, alert_states.c.rule_id == alert_rules.c.id)
        .outerjoin(projects, projects.c.id == alert_rules.c.project_id)
        .where(~alert_rules.c.is_paused)
        .order_by(alert_rules.c.id)
    )


def _is_due(row: Row[*tuple[Any, ...]], now: datetime) -> bool:
    return len(moments(rule_of(row), row.evaluated_until, now - SETTLES)) > 0


def _evaluate(engine: Engine, known: Row[*tuple[Any, ...]], now: datetime) -> int:
    """How many turns a rule took; one that can't be looked at keeps no other from its turn."""
    try:
        if not _is_due(known, now):
            return 0
        with engine.begin() as conn:
            locked = _rules().where(alert_rules.c.id == known.id)
            locked = locked.with_for_update(of=alert_states, skip_locked=True)
            row = conn.execute(locked).one_or_none()
            return 0 if row is None else _look(conn, row, now)
    except Exception as error:  # noqa: BLE001 - the other rules have their turn
        log.warning("a rule was not looked at", rule=known.id, error=type(error).__name__)
        report(error)
        return 0


def _look(conn: Connection, row: Row[*tuple[Any, ...]], now: datetime) -> int:
    rule, project_id = rule_of(row), row.project_id
    end = _known_until(conn, project_id, now) if _follows_events(rule.metric) else now - SETTLES
    state = State(
        until=max(row.evaluated_until, now - LONGEST),
        is_firing=row.episode_id is not None,
        bad_since=row.bad_since,
        good_since=row.good_since,
    )
    viewer = worker(project_id)
    followed = look_over(conn, viewer, project_id, rule, state, end, now, row.zone)
    if len(followed.looks):
        keep(conn, row, rule, followed)
    return len(followed.turns)


def _follows_events(metric: str) -> bool:
    return find_signal(metric).follows_events


def _known_until(conn: Connection, project_id: int, now: datetime) -> datetime:
    """Until when all that was received is in the rollups: behind them, silence says nothing."""
    waiting = select(func.min(ledger.c.received_at)).where(
        ledger.c.project_id == project_id, ledger.c.rolled_at.is_(None)
    )
    oldest = conn.execute(waiting).scalar_one()
    return min(now - SETTLES, oldest) if oldest else now - SETTLES
