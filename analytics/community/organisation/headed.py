"""The organisations that somebody heads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from analytics.scope import Viewer, visible_organisations
from analytics.scope.building import ask, built_once
from db.identity import uid_of
from db.tables import projects


@dataclass(frozen=True, slots=True)
class Headed:
    """An organisation that the viewer is the owner or an admin of.

    `published_until` is the last day that is published, None before the first is; days are those of
    `zone`.
    """

    id: int
    uid: UUID
    name: str
    seats: int
    leaderboard: bool
    assumptions: Mapping[str, Any]
    published_until: date | None
    zone: str


def organisations_of(conn: Connection, viewer: Viewer) -> tuple[Headed, ...]:
    """The organisations that the viewer heads, by name."""
    return tuple(Headed(*row) for row in ask(conn, viewer, _headed_sql))


def organisation_of(conn: Connection, viewer: Viewer, uid: str | UUID) -> Headed | None:
    """The organisation of this uid; None where the viewer heads none, be it there or not."""
    wanted = uid_of(str(uid))
    headed = organisations_of(conn, viewer)
    return next((each for each in headed if each.uid == wanted), None)


@built_once
def _headed_sql(viewer: Viewer) -> Select[Any]:
    o = visible_organisations(viewer)
    columns = (o.c.id, o.c.uid, o.c.name, o.c.seats, o.c.leaderboard, o.c.assumptions)
    query = select(*columns, projects.c.published_until, projects.c.timezone)
    return query.join(projects, projects.c.id == o.c.project_id).order_by(o.c.name, o.c.id)
