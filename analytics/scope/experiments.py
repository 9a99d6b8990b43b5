"""The doors to experiments and flags, to who was exposed to them, and to what came of it."""

from sqlalchemy import Subquery, Table

from analytics.scope.building import of_project
from analytics.scope.viewer import Viewer
from db import tables

PRODUCT = frozenset({"product"})


def visible_experiments(viewer: Viewer, project_id: int) -> Subquery:
    """The experiments and flags of a project."""
    return _ours(tables.experiments, viewer, project_id)


def visible_experiment_phases(viewer: Viewer, project_id: int) -> Subquery:
    """The phases of a project's experiments."""
    return _ours(tables.experiment_phases, viewer, project_id)


def visible_exposures(viewer: Viewer, project_id: int) -> Subquery:
    """The first exposure of each actor to each experiment of a project."""
    return _ours(tables.exposures, viewer, project_id)


def visible_exposure_days(viewer: Viewer, project_id: int) -> Subquery:
    """How many were exposed on which day, in a project's experiments."""
    return _ours(tables.exposure_days, viewer, project_id)


def visible_outcome_days(viewer: Viewer, project_id: int) -> Subquery:
    """The sums of outcomes by day, in a project's experiments."""
    return _ours(tables.outcome_days, viewer, project_id)


def visible_experiment_log(viewer: Viewer, project_id: int) -> Subquery:
    """Who changed what in a project's experiments and flags."""
    return _ours(tables.experiment_log, viewer, project_id)


def _ours(table: Table, viewer: Viewer, project_id: int) -> Subquery:
    return of_project(table, viewer, project_id, PRODUCT).subquery(f"visible_{table.name}")
