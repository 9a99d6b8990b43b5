"""The doors to alerts and incidents: a project's own, and those of Looplens itself."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Table, false, or_, select, true

from analytics.scope.building import may_see
from analytics.scope.viewer import Viewer
from db import tables
from db.tables import INSTALLATION

OPERATIONS = frozenset({"operations"})


def visible_alert_rules(viewer: Viewer, project_id: int) -> Subquery:
    """The rules of a project and of Looplens, each with how far and how it was looked at."""
    states = tables.alert_states
    query = select(tables.alert_rules, states.c.evaluated_until, states.c.value.label("seen"))
    joined = query.outerjoin(states, states.c.rule_id == tables.alert_rules.c.id)
    return _ours(joined, tables.alert_rules, viewer, project_id).subquery("visible_alert_rules")


def visible_alert_episodes(viewer: Viewer, project_id: int) -> Subquery:
    """When these rules fired."""
    query = select(tables.alert_episodes)
    ours = _ours(query, tables.alert_episodes, viewer, project_id)
    return ours.subquery("visible_alert_episodes")


def visible_alert_history(viewer: Viewer, project_id: int) -> Subquery:
    """What became of each episode, with the addresses of who did it."""
    return _said(tables.alert_history, tables.alert_episodes, "episode_id", viewer, project_id)


def visible_incidents(viewer: Viewer, project_id: int) -> Subquery:
    """The incidents of a project."""
    query = _ours(select(tables.incidents), tables.incidents, viewer, project_id)
    return query.subquery("visible_incidents")


def visible_incident_updates(viewer: Viewer, project_id: int) -> Subquery:
    """How these incidents went on, with the addresses of who said so."""
    return _said(tables.incident_updates, tables.incidents, "incident_id", viewer, project_id)


def _said(told: Table, about: Table, key: str, viewer: Viewer, project_id: int) -> Subquery:
    people = tables.people
    query = (
        select(told, people.c.email, about.c.project_id)
        .join(about, about.c.id == told.c[key])
        .outerjoin(people, people.c.id == told.c.person_id)
    )
    return _ours(query, about, viewer, project_id).subquery(f"visible_{told.name}")


def _ours(query: Select[Any], of: Table, viewer: Viewer, project_id: int) -> Select[Any]:
    ours = or_(of.c.project_id == project_id, of.c.project_id == INSTALLATION)
    return query.where(_seen(viewer, project_id), ours)


def _seen(viewer: Viewer, project_id: int) -> ColumnElement[bool]:
    if project_id == INSTALLATION:
        return true() if viewer.may("operations") else false()
    return may_see(viewer, project_id, OPERATIONS)
