"""The doors to what may be an attack, and to the log of who did what."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Text, cast, null, or_, select

from analytics.scope.building import may_see
from analytics.scope.viewer import Viewer
from db import tables
from db.tables import INSTALLATION

FIELD = frozenset({"operations"})


def visible_security_hours(viewer: Viewer, project_id: int) -> Subquery:
    """The counts of a project and of no project, for those who may ask about operations."""
    h = tables.security_hours
    seen = may_see(viewer, project_id, FIELD)
    query = select(h).where(seen, h.c.project_id.in_((project_id, INSTALLATION)))
    return query.subquery("visible_security_hours")


def visible_audit_log(viewer: Viewer, project_id: int) -> Subquery:
    """The acts of a project with `person` (text), for those who may ask about operations.

    Who did it, and acts of no project, such as signing in, are for administrators alone.
    """
    log = tables.audit_log.c
    ours = log.project_id == project_id
    if viewer.role == "admin":
        ours = or_(ours, log.project_id.is_(None))
    query = _with_people(viewer).where(may_see(viewer, project_id, FIELD), ours)
    return query.subquery("visible_audit_log")


def _with_people(viewer: Viewer) -> Select[Any]:
    """The log, with the addresses of people for who may know them."""
    log, people = tables.audit_log, tables.people
    columns = [log.c[name] for name in ("id", "at", "place", "act", "project_id", "about")]
    if viewer.role != "admin":
        return select(*columns, log.c.details, _nobody())
    named = select(*columns, log.c.details, people.c.email.label("person"))
    return named.outerjoin(people, people.c.id == log.c.person_id)


def _nobody() -> ColumnElement[Any]:
    return cast(null(), Text).label("person")
