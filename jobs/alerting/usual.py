"""The usual rules: every project has them, and so has Looplens itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, select, update

from analytics.operations.alerts.defaults import OF_LOOPLENS, USUAL
from analytics.operations.alerts.following import State
from analytics.operations.alerts.looking import look_over
from analytics.operations.signals.catalogue import SIGNALS
from db.access import Project, list_projects
from db.alert_rules import Rule, add_rule, rule_of
from db.audit import as_one_act
from db.tables import INSTALLATION, alert_episodes, alert_rules, alert_states
from jobs.alerting.evaluating import worker
from jobs.alerting.keeping import keep

REPLAYED = timedelta(days=30)


def add_usual(engine: Engine, now: datetime | None = None) -> int:
    """Give every project, and Looplens itself, the usual rules that it has not; how many."""
    moment = now or datetime.now(UTC)
    with engine.begin() as conn:
        added = add_missing(conn, INSTALLATION, OF_LOOPLENS, moment)
        projects = [project.id for project in list_projects(conn)]
        return added + sum(add_missing(conn, each, USUAL, moment) for each in projects)


def add_missing(conn: Connection, project_id: int, usual: Mapping[str, Rule], now: datetime) -> int:
    """How many of these rules were added; one that was changed or paused is there already."""
    ours = alert_rules.c.project_id == project_id
    held = conn.execute(select(alert_rules.c.default_key, alert_rules.c.name).where(ours)).all()
    known, taken = {row.default_key for row in held}, {row.name for row in held}
    missing = {
        key: rule for key, rule in usual.items() if key not in known and rule.metric in SIGNALS
    }
    if not missing:
        return 0
    with as_one_act(conn, "alert_rule.create", "the usual rules", project_id or None):
        for key, rule in missing.items():
            name = f"{rule.name} (usual)" if rule.name in taken else rule.name
            add_rule(conn, project_id, replace(rule, name=name), now, default_key=key)
    return len(missing)


def replay(conn: Connection, project: Project, now: datetime) -> int:
    """Give a project the usual rules as if it had had them for a month; how many episodes.

    Nobody is told of what is past.
    """
    start = now - REPLAYED
    add_missing(conn, project.id, USUAL, start)
    rows = select(alert_rules, alert_states.c.episode_id).join(
        alert_states, alert_states.c.rule_id == alert_rules.c.id
    )
    for row in conn.execute(rows.where(alert_rules.c.project_id == project.id)).all():
        rule, viewer = rule_of(row), worker(project.id)
        state = State(start)
        seen = look_over(conn, viewer, project.id, rule, state, now, now, project.timezone)
        if len(seen.looks):
            keep(conn, row, rule, seen)
    e = alert_episodes.c
    told = update(alert_episodes).where(e.project_id == project.id, e.notified_at.is_(None))
    return len(conn.execute(told.values(notified_at=e.started_at).returning(e.id)).all())
