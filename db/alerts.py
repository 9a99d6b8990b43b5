"""Alerts that fire, and what people do about them: each act is kept with its time and person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from db.audit import note
from db.errors import BadAlertRule, UnknownEpisode
from db.lines import fault, one_line
from db.tables import alert_episodes, alert_history, alert_rules, alert_states

LONGEST_NOTE = 500
LONGEST_SNOOZE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does about an episode: who, when, and what they say of it."""

    project_id: int
    episode_id: int
    at: datetime
    person_id: int | None = None
    note: str = ""


def acknowledge(conn: Connection, act: Act) -> None:
    """Say that somebody looks after it: it is not escalated. Raises UnknownEpisode."""
    held = _open(conn, act)
    _set(conn, held, acknowledged_at=held.acknowledged_at or act.at)
    _keep(conn, act, "acknowledged")


def snooze(conn: Connection, act: Act, until: datetime) -> None:
    """Tell nothing of it until then, also should it end and begin again.

    Raises UnknownEpisode, and BadAlertRule for a time that is past or too far away.
    """
    if not act.at < until <= act.at + LONGEST_SNOOZE:
        raise BadAlertRule(f"until: it lies within {LONGEST_SNOOZE.days} days from now.")
    _set(conn, _open(conn, act), snoozed_until=until)
    _keep(conn, act, "snoozed")


def resolve(conn: Connection, act: Act) -> None:
    """Say that it is over. Raises UnknownEpisode.

    What is in the rule's window now is known: it fires again for what is there a window later.
    """
    held = _open(conn, act)
    window = select(alert_rules.c.window_minutes).where(alert_rules.c.id == held.rule_id)
    minutes = conn.execute(window).scalar_one()
    known_until = act.at + timedelta(minutes=minutes)
    afresh = {"episode_id": None, "good_since": None, "bad_since": known_until}
    ours = update(alert_states).where(alert_states.c.episode_id == held.id)
    conn.execute(ours.values(afresh))
    _set(conn, held, resolved_at=act.at)
    _keep(conn, act, "resolved")


def comment(conn: Connection, act: Act) -> None:
    """Say something of an episode, also of one that is over. Raises UnknownEpisode."""
    if wrong := fault(one_line(act.note), LONGEST_NOTE):
        raise BadAlertRule(f"note: {wrong}")
    ours = select(alert_episodes.c.id).where(
        alert_episodes.c.project_id == act.project_id, alert_episodes.c.id == act.episode_id
    )
    if conn.execute(ours).first() is None:
        raise UnknownEpisode()
    _keep(conn, act, "commented")


def _open(conn: Connection, act: Act) -> Row[*tuple[Any, ...]]:
    """The episode that still goes on; its rule is not looked at meanwhile."""
    rule = select(alert_episodes.c.rule_id).where(
        alert_episodes.c.project_id == act.project_id, alert_episodes.c.id == act.episode_id
    )
    lock = select(alert_states.c.rule_id).where(alert_states.c.rule_id.in_(rule))
    conn.execute(lock.with_for_update())
    e = alert_episodes.c
    ours = select(e.id, e.rule_id, e.acknowledged_at).where(
        e.project_id == act.project_id, e.id == act.episode_id, e.resolved_at.is_(None)
    )
    held = conn.execute(ours.with_for_update()).one_or_none()
    if held is None:
        raise UnknownEpisode()
    return held


def _set(conn: Connection, held: Row[*tuple[Any, ...]], **values: object) -> None:
    conn.execute(update(alert_episodes).where(alert_episodes.c.id == held.id).values(values))


def _keep(conn: Connection, act: Act, what: str) -> None:
    said = one_line(act.note)
    if said and (wrong := fault(said, LONGEST_NOTE)):
        raise BadAlertRule(f"note: {wrong}")
    row = {"episode_id": act.episode_id, "at": act.at, "act": what, "person_id": act.person_id}
    conn.execute(insert(alert_history).values(row | {"note": said}))
    note(conn, f"alert.{what}", str(act.episode_id), act.project_id or None)
