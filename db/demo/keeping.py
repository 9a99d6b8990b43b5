"""What a team would keep about the demo product: annotations, segments, views, pairs of events."""

import json
from dataclasses import replace

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql

from db.access import PERSONAS, Project
from db.annotations import Draft, annotate
from db.demo import following
from db.demo.kinds import ADOPTED
from db.demo.shape import CAMPAIGN_DAYS, INCIDENT_HOURS, INCIDENT_SUBJECT, Shape
from db.segments import create_segment, list_segments
from db.tables import annotations, completions, people
from db.views import Keeper, save_view

OURS = "demo-"  # how the external ids of the demo's annotations begin
RELEASED_AT = 9  # o'clock
LONG = {"kind": "last", "days": 90}
FIRST_TEMPLATE = f"steps=sign_up~{following.START}&order=ordered&window=7d"
SEGMENTS: dict[str, list[dict[str, object]]] = {
    "Adopters of saved views": [
        {"condition": {"kind": "did", "name": "feature_use", "subject": ADOPTED, "within": LONG}}
    ],
    "Dropped before first template": [
        {"condition": {"kind": "dropped", "funnel": FIRST_TEMPLATE, "step": 1, "within": LONG}}
    ],
}
VIEWS = {  # the address of a page by its name
    ("funnels", "Sign-up to upgrade"): "steps=sign_up~template_used~upgrade&window=7d&range=90d",
    ("retention", "New people by week"): "range=90d&interval=week",
}
SHARED_WITH = ("executive", "product")


def keep(conn: Connection, project: Project, shape: Shape) -> None:
    """Store what belongs to this shape, in place of what an earlier fill stored."""
    ours = annotations.c.external_id.startswith(OURS, autoescape=True)
    conn.execute(delete(annotations).where(annotations.c.project_id == project.id, ours))
    for draft in drafts(shape):
        annotate(conn, project.id, draft)
    pair = {"start_name": following.START, "done_name": following.DONE}
    new = postgresql.insert(completions).values(pair | {"project_id": project.id})
    conn.execute(new.on_conflict_do_nothing())
    persona = select(people.c.id).where(people.c.email == PERSONAS["product"])
    maker = conn.execute(persona).scalar_one_or_none()
    _keep_segments(conn, project, maker)
    if maker is not None:
        for (page, name), query in VIEWS.items():
            save_view(conn, Keeper(project.id, maker), page, name, query, SHARED_WITH)


def drafts(shape: Shape) -> list[Draft]:
    """The annotations up to now: releases, the incident, the launch and the campaign."""
    begin, end = (shape.instant(shape.incident_day, hour) for hour in INCIDENT_HOURS)
    led = shape.campaign_day
    planned = [
        *_releases(shape),
        Draft("incident", f"{INCIDENT_SUBJECT} fails and is slow", begin, end),
        Draft("note", "Launch in Brazil", shape.instant(shape.launch_day)),
        Draft("campaign", "Newsletter", shape.instant(led), shape.instant(led + CAMPAIGN_DAYS)),
    ]
    begun = [draft for draft in planned if draft.at and draft.at <= shape.now]
    return [_ours(draft) for draft in begun]


def _releases(shape: Shape) -> list[Draft]:
    return [
        Draft("release", f"Version {version}", shape.instant(int(day), RELEASED_AT))
        for day, version in zip(shape.release_days, shape.versions, strict=True)
        if day >= 0
    ]


def _ours(draft: Draft) -> Draft:
    return replace(draft, external_id=f"{OURS}{draft.kind}-{draft.at:%Y-%m-%d}")


def _keep_segments(conn: Connection, project: Project, maker: int | None) -> None:
    known = {segment.name for segment in list_segments(conn, project.id)}
    for name, rules in SEGMENTS.items():
        if name not in known:
            create_segment(conn, project.id, name, json.dumps({"rules": rules}), maker)
