"""Exposures and what people did, stored as the API and the worker leave them."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from db.access import Project
from db.partitions import ensure_months
from db.tables import (
    cells,
    events,
    experiment_phases,
    experiments,
    exposures,
    feedback,
)

PLATFORMS = ("", "ios", "web")
VARIANTS = [{"key": "A", "weight": 5_000}, {"key": "B", "weight": 5_000}]


@dataclass(frozen=True)
class World:
    """An experiment in a project, and the cells that its actors were in."""

    project: Project
    experiment_id: int
    cell_of: dict[str, int]


def experiment(conn, project, started_at, metrics="[]", phases=1):
    """A running experiment of A against B, with so many phases, a day each but for the last."""
    values = {
        "project_id": project.id,
        "key": "button",
        "kind": "experiment",
        "name": "Button",
        "state": "running",
        "variants": VARIANTS,
        "control": "A",
        "salt": "salt",
        "started_at": started_at,
    }
    row = insert(experiments).values(values | {"metrics": metrics}).returning(experiments.c.id)
    number = conn.execute(row).scalar_one()
    for phase in range(1, phases + 1):
        begun = started_at + timedelta(days=phase - 1)
        about = {"experiment_id": number, "number": phase, "project_id": project.id}
        about |= {"started_at": begun, "variants": VARIANTS}
        about["ended_at"] = None if phase == phases else begun + timedelta(days=1)
        conn.execute(insert(experiment_phases).values(about))
    return World(project, number, _cells(conn, project))


def _cells(conn, project):
    one = insert(cells).returning(cells.c.id)
    return {
        platform: conn.execute(one.values(project_id=project.id, platform=platform)).scalar_one()
        for platform in PLATFORMS
    }


def expose(conn, world, shown):
    """Store first exposures."""
    rows = [
        {
            "experiment_id": world.experiment_id,
            "actor_key": one.who,
            "project_id": world.project.id,
            "phase": one.phase,
            "variant": one.variant,
            "exposed_at": one.at,
            "cell_id": world.cell_of[one.platform],
            "mixed_at": one.at + timedelta(hours=1) if one.mixed else None,
        }
        for one in shown
    ]
    if rows:
        conn.execute(insert(exposures), rows)


def act(conn, project, acts):
    """Store events."""
    rows = [
        {
            "project_id": project.id,
            "actor_key": one.who,
            "event_id": uuid.uuid4(),
            "occurred_at": one.at,
            "received_at": one.at,
            "batch_id": 0,
            "name": one.name,
            "subject": one.subject,
            "ok": one.ok,
            "duration_ms": one.duration,
            "value": one.value,
            "session_key": one.session,
            "purpose": "usage",
        }
        for one in acts
    ]
    if rows:
        ensure_months(conn, {row["occurred_at"].date() for row in rows})
        conn.execute(insert(events), rows)


def say(conn, project, said):
    """Store feedback."""
    rows = [
        {
            "project_id": project.id,
            "actor_key": one.who,
            "kind": one.kind,
            "said_at": one.at,
            "score": one.score,
            "helpful": one.helpful,
            "sentiment": one.sentiment,
            "corrected": one.corrected,
        }
        for one in said
    ]
    if rows:
        conn.execute(insert(feedback), rows)


def at(text: str) -> datetime:
    """A moment of March 2026 in UTC: "2 10:30"."""
    day, time = text.split()
    return datetime.fromisoformat(f"2026-03-{int(day):02}T{time}").replace(tzinfo=UTC)
