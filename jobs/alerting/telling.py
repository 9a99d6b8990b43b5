"""Telling of alerts: one message an episode, those of a moment together; and once more if need be.

That an episode was told is kept in the transaction that puts its message into the outbox.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlencode

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    func,
    insert,
    or_,
    select,
    update,
)

from analytics.business.revenue.currency import shown_currency
from analytics.operations.alerts.following import State
from analytics.operations.alerts.letters import NamedError, Place, Told, letter_of
from analytics.operations.alerts.looking import look_over
from analytics.operations.alerts.named import named_errors
from analytics.operations.alerts.picture import Drawn, draw
from analytics.operations.alerts.wording import sentence
from analytics.operations.errors.metrics import NEW_ERRORS, REGRESSED_ERRORS
from analytics.operations.signals.catalogue import SIGNALS
from db.alert_rules import rule_of
from db.error_groups import name_of
from db.outbox import Attachment, Letter, post
from db.running import Ports
from db.sentry import tell as report
from db.tables import alert_episodes, alert_history, alert_rules, projects
from jobs.alerting.evaluating import worker

ALERT, ESCALATION = "alert", "escalation"  # kinds of messages
PICTURE = "alert.png"
OF_ERRORS = (NEW_ERRORS.key, REGRESSED_ERRORS.key)
LEAST_BEFORE = timedelta(hours=2)  # that a chart shows before an alert
WINDOWS_BEFORE = 12

log = structlog.get_logger()
Episode = Row[*tuple[Any, ...]]


def tell(engine: Engine, now: datetime) -> int:
    """Tell of every episode that was not told of; returns of how many."""
    return _tell_all(engine, now, ALERT, _untold(now))


def escalate(engine: Engine, now: datetime) -> int:
    """Tell once more of what nobody has looked after for too long; returns of how many."""
    return _tell_all(engine, now, ESCALATION, _neglected(now))


def _untold(now: datetime) -> ColumnElement[bool]:
    """Not told yet, and not begun while its rule is snoozed; a rule that is paused says nothing."""
    e = alert_episodes.c
    before = alert_episodes.alias("before").c
    snoozed = (
        select(before.id)
        .where(before.rule_id == e.rule_id, before.id < e.id, before.snoozed_until > now)
        .exists()
    )
    return e.notified_at.is_(None) & ~snoozed & _is_awake(now) & ~alert_rules.c.is_paused


def _neglected(now: datetime) -> ColumnElement[bool]:
    """Told, and then neither acknowledged nor snoozed nor resolved for as long as the rule says."""
    e = alert_episodes.c
    waited = e.notified_at + func.make_interval(0, 0, 0, 0, 0, alert_rules.c.escalate_minutes)
    open_still = e.resolved_at.is_(None) & e.acknowledged_at.is_(None) & e.escalated_at.is_(None)
    return open_still & (waited <= now) & _is_awake(now) & ~alert_rules.c.is_paused


def _is_awake(now: datetime) -> ColumnElement[bool]:
    until = alert_episodes.c.snoozed_until
    return or_(until.is_(None), until <= now)


def _episodes(which: ColumnElement[bool]) -> Select[Any]:
    """Episodes with their rules and projects, the gravest of each project first."""
    e = alert_episodes.c
    named = [e.id.label("episode"), e.started_at, e.resolved_at, e.value.label("level"), e.worst]
    gravest = func.array_position(["critical", "warning", "info"], e.severity)
    return (
        select(
            alert_rules,
            *named,
            func.coalesce(projects.c.name, "Looplens").label("project"),
            func.coalesce(projects.c.timezone, "UTC").label("zone"),
        )
        .join(alert_rules, alert_rules.c.id == e.rule_id)
        .outerjoin(projects, projects.c.id == e.project_id)
        .where(which)
        .order_by(e.project_id, gravest, e.id)
    )


def _tell_all(engine: Engine, now: datetime, kind: str, which: ColumnElement[bool]) -> int:
    with engine.connect() as conn:
        waiting = conn.execute(_episodes(which)).all()
    told = 0
    for project, together in groupby(waiting, lambda row: row.project_id):
        try:
            told += _tell(engine, now, kind, which, list(together))
        except Exception as error:  # noqa: BLE001 - the alerts of other projects are told
            log.warning("alerts were not told", project=project, error=type(error).__name__)
            report(error)
    return told


def _tell(
    engine: Engine, now: datetime, kind: str, which: ColumnElement[bool], rows: Sequence[Episode]
) -> int:
    """Of how many episodes of a project was told; none where another worker was quicker.

    The chart is drawn before the transaction: nobody waits for that.
    """
    letter = _letter(engine, now, kind, rows)
    ids = [row.episode for row in rows]
    with engine.begin() as conn:
        e = alert_episodes.c
        lock = select(e.id).join(alert_rules, alert_rules.c.id == e.rule_id)
        lock = lock.where(e.id.in_(ids), which).with_for_update(of=alert_episodes, skip_locked=True)
        if len(conn.execute(lock).all()) < len(ids):
            return 0
        post(conn, rows[0].project_id, kind, str(ids[0]), letter, now)
        _mark(conn, kind, ids, now)
    return len(ids)


def _mark(conn: Connection, kind: str, ids: list[int], now: datetime) -> None:
    what = "notified" if kind == ALERT else "escalated"
    ours = update(alert_episodes).where(alert_episodes.c.id.in_(ids))
    conn.execute(ours.values({f"{what}_at": now}))
    rows = [{"episode_id": number, "at": now, "act": what} for number in ids]
    conn.execute(insert(alert_history), rows)


def _letter(engine: Engine, now: datetime, kind: str, rows: Sequence[Episode]) -> Letter:
    currency, errors = _currency(engine, rows), _errors(engine, now, rows)
    told = [_told(row, currency, errors.get(row.episode, ())) for row in rows]
    place = Place(rows[0].project, rows[0].zone, f"{_dashboard()}/alerts")
    return letter_of(told, place, _picture(engine, now, rows, currency), kind == ESCALATION)


def _dashboard() -> str:
    return Ports.from_environment().dashboard_url


def _errors(
    engine: Engine, now: datetime, rows: Sequence[Episode]
) -> dict[int, tuple[NamedError, ...]]:
    """The errors that each episode is about, the latest first; of others there are none."""
    about = [row.episode for row in rows if row.metric in OF_ERRORS]
    if not about:
        return {}
    project = rows[0].project_id
    with engine.connect() as conn:
        named = named_errors(conn, worker(project), project, now, about)
    of_project = urlencode({"project": rows[0].project}, quote_via=quote)
    found: dict[int, tuple[NamedError, ...]] = {}
    for error in named.to_dict("records"):
        address = f"{_dashboard()}/errors?error={name_of(error['fingerprint'])}&{of_project}"
        before = found.get(error["episode_id"], ())
        found[error["episode_id"]] = (*before, NamedError(error["title"], address))
    return found


def _currency(engine: Engine, rows: Sequence[Episode]) -> str:
    """The one that money of the project is told in; "" where none is told of."""
    units = {SIGNALS[row.metric].metric.unit for row in rows if row.metric in SIGNALS}
    if "cents" not in units:
        return ""
    project = rows[0].project_id
    with engine.connect() as conn:
        return shown_currency(conn, worker(project), project)


def _told(row: Episode, currency: str, errors: tuple[NamedError, ...]) -> Told:
    rule = rule_of(row)
    signal = SIGNALS.get(rule.metric)
    said = sentence(rule, signal.metric, row.level, currency) if signal else rule.metric
    return Told(rule.name, row.severity, said, row.started_at, row.resolved_at, errors)


def _picture(
    engine: Engine, now: datetime, rows: Sequence[Episode], currency: str
) -> Attachment | None:
    """The chart; a message without one is better than none."""
    try:
        with engine.connect() as conn:
            drawn = [_drawn(conn, row, now, currency) for row in rows if row.metric in SIGNALS]
        return Attachment(PICTURE, draw(drawn)) if drawn else None
    except Exception as error:  # noqa: BLE001 - whatever can't be read or drawn
        log.warning("an alert has no chart", error=type(error).__name__)
        report(error)
        return None


def _drawn(conn: Connection, row: Episode, now: datetime, currency: str) -> Drawn:
    rule = rule_of(row)
    metric = SIGNALS[rule.metric].metric
    before = max(LEAST_BEFORE, timedelta(minutes=rule.window_minutes * WINDOWS_BEFORE))
    state = State(row.started_at - before)
    viewer = worker(row.project_id)
    figures = replace(rule, kind="threshold", recovery=None)  # alone, without what is usual
    seen = look_over(conn, viewer, row.project_id, figures, state, now, now, row.zone)
    said = sentence(rule, metric, row.level, currency)
    return Drawn(said, rule, metric, seen.looks, row.started_at, currency)
