"""Incidents: what went wrong, how it went on, and its mark on every chart over time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from db.annotations import LONGEST_TITLE, Draft, annotate
from db.audit import note
from db.errors import BadIncident, UnknownEpisode, UnknownIncident
from db.lines import fault, one_line
from db.tables import (
    INCIDENT_STATES,
    SEVERITIES,
    alert_episodes,
    annotations,
    incident_updates,
    incidents,
)

LONGEST_NOTE = 1_000
KIND = "incident"  # of its annotation


@dataclass(frozen=True, slots=True)
class NewIncident:
    """What somebody says went wrong, since when."""

    title: str
    severity: str
    started_at: datetime
    note: str = ""


def open_incident(
    conn: Connection,
    project_id: int,
    new: NewIncident,
    now: datetime,
    person_id: int | None = None,
) -> int:
    """Keep an incident, mark it on charts, and return its id; raises BadIncident."""
    title = one_line(new.title)
    if wrong := fault(title, LONGEST_TITLE):
        raise BadIncident(f"title: {wrong}")
    if new.severity not in SEVERITIES:
        raise BadIncident(f"severity: it is one of {', '.join(SEVERITIES)}.")
    if new.started_at > now:
        raise BadIncident("started_at: it has not begun yet.")
    values = {"project_id": project_id, "title": title, "severity": new.severity}
    values |= {"started_at": new.started_at, "person_id": person_id}
    row = conn.execute(insert(incidents).values(values).returning(incidents)).one()
    _write(conn, row.id, INCIDENT_STATES[0], new.note, now, person_id)
    _mark(conn, row, None)
    note(conn, "incident.open", title, project_id, severity=new.severity)
    return int(row.id)


def update_incident(
    conn: Connection,
    project_id: int,
    incident_id: int,
    state: str,
    said: str,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Say how it stands; what is resolved ends on charts, and one that goes on again does not.

    Raises BadIncident and UnknownIncident.
    """
    if state not in INCIDENT_STATES:
        raise BadIncident(f"state: it is one of {', '.join(INCIDENT_STATES)}.")
    held = _held(conn, project_id, incident_id)
    ended = (held.resolved_at or now) if state == "resolved" else None
    changed = update(incidents).where(incidents.c.id == held.id)
    conn.execute(changed.values(state=state, resolved_at=ended))
    _write(conn, held.id, state, said, now, person_id)
    _mark(conn, held, ended)
    reopened = held.resolved_at if ended is None else None
    had = {"ended": reopened.isoformat()} if reopened else {}
    note(conn, f"incident.{state}", held.title, project_id, **had)


def link_episode(
    conn: Connection, project_id: int, episode_id: int, incident_id: int | None
) -> None:
    """Say which incident an alert belongs to; raises UnknownIncident and UnknownEpisode."""
    if incident_id is not None:
        _held(conn, project_id, incident_id)
    ours = update(alert_episodes).where(
        alert_episodes.c.project_id == project_id, alert_episodes.c.id == episode_id
    )
    linked = ours.values(incident_id=incident_id).returning(alert_episodes.c.id)
    if conn.execute(linked).one_or_none() is None:
        raise UnknownEpisode()
    note(conn, "alert.link", str(episode_id), project_id, incident=incident_id)


def _held(conn: Connection, project_id: int, incident_id: int) -> Row[*tuple[Any, ...]]:
    ours = select(incidents).where(
        incidents.c.project_id == project_id, incidents.c.id == incident_id
    )
    held = conn.execute(ours.with_for_update()).one_or_none()
    if held is None:
        raise UnknownIncident()
    return held


def _write(
    conn: Connection, incident_id: int, state: str, said: str, now: datetime, person: int | None
) -> None:
    text = one_line(said)
    if text and (wrong := fault(text, LONGEST_NOTE)):
        raise BadIncident(f"note: {wrong}")
    row = {"incident_id": incident_id, "at": now, "state": state, "note": text}
    conn.execute(insert(incident_updates).values(row | {"person_id": person}))


def _mark(conn: Connection, incident: Row[*tuple[Any, ...]], ended: datetime | None) -> None:
    """Put it on charts, from its beginning to its end; the same mark whatever is said of it.

    What has not ended has no end: the annotation says what is known.
    """
    name = f"incident-{incident.id}"
    draft = Draft(KIND, str(incident.title), incident.started_at, ended, external_id=name)
    kept = annotate(conn, incident.project_id, draft, incident.person_id)
    same = update(annotations).where(annotations.c.id == kept.id)
    conn.execute(same.values(until=ended))  # of what goes on again, the end is taken back
    mark = {"annotation_id": kept.id}
    conn.execute(update(incidents).where(incidents.c.id == incident.id).values(mark))
