"""A demo that is not whole yet, and how it is taken back where it never will be."""

from sqlalchemy import Connection, delete, update

from db.access import list_projects
from db.audit import note
from db.tables import audit_log, metadata, projects

UNFINISHED = "demo, unfinished"  # the name of the first demo until all of it is there


def take_back(conn: Connection) -> None:
    """Take back what an interrupted start left of the first demo, so that it is made anew."""
    demos = {each.name: each for each in list_projects(conn) if each.is_demo}
    if UNFINISHED in demos:
        from db.demo.registry.keeping import REGISTRY  # it is made with it, and takes long to load

        for project in (demos[name] for name in (UNFINISHED, REGISTRY) if name in demos):
            _forget(conn, project.id)
            note(conn, "demo.take_back", project.name)


def finish(conn: Connection, name: str) -> None:
    """Give the first demo its name: it is whole."""
    conn.execute(update(projects).where(projects.c.name == UNFINISHED).values(name=name))
    note(conn, "demo.finish", name)


def _forget(conn: Connection, project_id: int) -> None:
    for table in reversed(metadata.sorted_tables):
        if "project_id" in table.c and table is not audit_log:
            conn.execute(delete(table).where(table.c.project_id == project_id))
    conn.execute(delete(projects).where(projects.c.id == project_id))
