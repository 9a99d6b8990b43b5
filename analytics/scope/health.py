"""The doors to probes, objectives and gauges: a project's own, and those of Looplens itself.

What is Looplens' own is of every project: whoever may ask about the operations of one sees it.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Select,
    Subquery,
    Table,
    Text,
    column,
    false,
    or_,
    select,
    table,
    true,
)

from analytics.scope.building import may_see
from analytics.scope.viewer import Viewer
from db import tables
from db.tables import INSTALLATION

OPERATIONS = frozenset({"operations"})
SECRET = "address"  # noqa: S105 - the column that is never told
STATEMENTS = table(  # the view of the extension pg_stat_statements, from version 1.8 on
    "pg_stat_statements",
    column("query", Text),
    column("dbid", BigInteger),
    column("calls", BigInteger),
    column("mean_exec_time", Double),
    column("max_exec_time", Double),
    column("total_exec_time", Double),
)


def visible_probes(viewer: Viewer, project_id: int) -> Subquery:
    """The probes of a project and of Looplens, without their addresses."""
    told = [each for each in tables.probes.c if each.name != SECRET]
    query = _ours(tables.probes, viewer, project_id).with_only_columns(*told)
    return query.subquery("visible_probes")


def visible_probe_results(viewer: Viewer, project_id: int) -> Subquery:
    """What these probes found lately."""
    return _found(tables.probe_results, viewer, project_id).subquery("visible_probe_results")


def visible_probe_hours(viewer: Viewer, project_id: int) -> Subquery:
    """What these probes found, by the hour."""
    return _found(tables.probe_hours, viewer, project_id).subquery("visible_probe_hours")


def visible_slos(viewer: Viewer, project_id: int) -> Subquery:
    """What a project promises, and Looplens."""
    return _ours(tables.slos, viewer, project_id).subquery("visible_slos")


def visible_gauges(viewer: Viewer, project_id: int) -> Subquery:
    """What is measured of the machines and the database that the project is on."""
    query = select(tables.gauges).where(_seen(viewer, project_id))
    return query.subquery("visible_gauges")


def visible_statements(viewer: Viewer, project_id: int) -> Subquery:
    """What the database counts of its statements; only where it has pg_stat_statements."""
    query = select(STATEMENTS).where(_seen(viewer, project_id))
    return query.subquery("visible_statements")


def _seen(viewer: Viewer, project_id: int) -> ColumnElement[bool]:
    if project_id == INSTALLATION:
        return true() if viewer.may("operations") else false()
    return may_see(viewer, project_id, OPERATIONS)


def _ours(of: Table, viewer: Viewer, project_id: int) -> Select[Any]:
    ours = or_(of.c.project_id == project_id, of.c.project_id == INSTALLATION)
    return select(of).where(_seen(viewer, project_id), ours)


def _found(of: Table, viewer: Viewer, project_id: int) -> Select[Any]:
    """Rows with the project of their probe."""
    probes = tables.probes
    ours = or_(probes.c.project_id == project_id, probes.c.project_id == INSTALLATION)
    query = select(of, probes.c.project_id, probes.c.name, probes.c.is_paused)
    return query.join(probes, probes.c.id == of.c.probe_id).where(_seen(viewer, project_id), ours)
