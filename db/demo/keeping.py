"""What a team would keep about the demo product: annotations and pairs of start and end."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert
from sqlalchemy.dialects import postgresql

from db.access import Project
from db.demo import following
from db.demo.shape import CAMPAIGN_DAYS, INCIDENT_HOURS, INCIDENT_SUBJECT, Shape
from db.tables import annotations, completions

OURS = "demo-"  # how the external ids of the demo's annotations begin
RELEASED_AT = 9  # o'clock


@dataclass(frozen=True, slots=True)
class Note:
    """One annotation: a moment, or a stretch of time."""

    kind: str
    title: str
    at: datetime
    until: datetime | None = None


def keep(conn: Connection, project: Project, shape: Shape) -> None:
    """Store what belongs to this shape, in place of what an earlier fill stored."""
    ours = annotations.c.external_id.startswith(OURS, autoescape=True)
    conn.execute(delete(annotations).where(annotations.c.project_id == project.id, ours))
    for note in notes(shape):
        conn.execute(insert(annotations).values(note | {"project_id": project.id}))
    pair = {"start_name": following.START, "done_name": following.DONE}
    conn.execute(
        postgresql.insert(completions)
        .values(pair | {"project_id": project.id})
        .on_conflict_do_nothing()
    )


def notes(shape: Shape) -> list[dict[str, object]]:
    """The annotations up to now: kind, title, at, until and external_id."""
    begin, end = (shape.instant(shape.incident_day, hour) for hour in INCIDENT_HOURS)
    led = shape.campaign_day
    planned = [
        *_releases(shape),
        Note("incident", f"{INCIDENT_SUBJECT} fails and is slow", begin, end),
        Note("note", "Launch in Brazil", shape.instant(shape.launch_day)),
        Note("campaign", "Newsletter", shape.instant(led), shape.instant(led + CAMPAIGN_DAYS)),
    ]
    return [_of_demo(note) for note in planned if note.at <= shape.now]


def _releases(shape: Shape) -> list[Note]:
    return [
        Note("release", f"Version {version}", shape.instant(int(day), RELEASED_AT))
        for day, version in zip(shape.release_days, shape.versions, strict=True)
        if day >= 0
    ]


def _of_demo(note: Note) -> dict[str, object]:
    return asdict(note) | {"external_id": f"{OURS}{note.kind}-{note.at:%Y-%m-%d}"}
