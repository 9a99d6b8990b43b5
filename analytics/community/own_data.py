"""All that is held of whoever asks, for them to take along."""

from typing import Any

from sqlalchemy import Connection, select

from analytics.scope import Viewer
from db.personal import held
from db.tables import projects

Tables = dict[str, list[dict[str, Any]]]


def my_data(conn: Connection, viewer: Viewer, most: int) -> dict[str, Tables]:
    """Every row about the viewer, by project and table, up to `most` rows of each table.

    Projects are those that know who the viewer is, by their names.
    """
    actors = dict(viewer.actors)
    names = my_projects(conn, viewer)
    return {name: held(conn, number, actors[number], most) for number, name in names.items()}


def my_projects(conn: Connection, viewer: Viewer) -> dict[int, str]:
    """The projects that know who the viewer is, by their ids: their names, in their order."""
    ours = {project_id for project_id, _ in viewer.actors}
    query = select(projects.c.id, projects.c.name).where(projects.c.id.in_(ours))
    return {row.id: row.name for row in conn.execute(query.order_by(projects.c.name))}
