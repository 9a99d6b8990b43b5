"""Which experiments and flags a project has, their phases, and who changed what."""

from collections.abc import Sequence

from sqlalchemy import Connection

from analytics.scope import Viewer
from db.experiments.history import Change, list_changes, list_deletions
from db.experiments.kept import (
    Experiment,
    Phase,
    list_experiments,
    list_phases,
    phases_by_experiment,
)

CHANGERS = ("admin", "product")  # roles that start, stop and decide
OF_TRIALS = ("experiment", "import")


def may_change(viewer: Viewer, project_id: int) -> bool:
    """Whether this viewer may make, start, stop and decide a project's experiments and flags."""
    return viewer.sees(project_id, "product") and viewer.role in CHANGERS


def experiments_of(conn: Connection, viewer: Viewer, project_id: int) -> list[Experiment]:
    """The project's experiments, those from elsewhere too, newest first."""
    return _kept(conn, viewer, project_id, OF_TRIALS)


def flags_of(conn: Connection, viewer: Viewer, project_id: int) -> list[Experiment]:
    """The project's flags, newest first."""
    return _kept(conn, viewer, project_id, ("flag",))


def experiment_of(conn: Connection, viewer: Viewer, project_id: int, key: str) -> Experiment | None:
    """The experiment of this key; None where the viewer sees none."""
    by_key = {each.key: each for each in experiments_of(conn, viewer, project_id)}
    return by_key.get(key)


def phases_of(conn: Connection, viewer: Viewer, project_id: int, experiment_id: int) -> list[Phase]:
    """The times in which weights and share stayed as they were, in their order."""
    if not viewer.sees(project_id, "product"):
        return []
    return list(list_phases(conn, project_id, experiment_id))


def newest_phases(conn: Connection, viewer: Viewer, project_id: int) -> dict[int, Phase]:
    """The newest phase of each experiment that was started, by the experiment's id."""
    if not viewer.sees(project_id, "product"):
        return {}
    found = phases_by_experiment(conn, project_id)
    return {number: phases[-1] for number, phases in found.items()}


def changes_of(
    conn: Connection, viewer: Viewer, project_id: int, experiment_id: int
) -> list[Change]:
    """Who changed what and when, the newest first."""
    if not viewer.sees(project_id, "product"):
        return []
    return list(list_changes(conn, project_id, experiment_id))


def deletions_of(conn: Connection, viewer: Viewer, project_id: int) -> list[Change]:
    """Which drafts and imports were deleted, by whom and when, the newest first."""
    if not viewer.sees(project_id, "product"):
        return []
    return list(list_deletions(conn, project_id))


def _kept(
    conn: Connection, viewer: Viewer, project_id: int, kinds: Sequence[str]
) -> list[Experiment]:
    if not viewer.sees(project_id, "product"):
        return []
    return list(list_experiments(conn, project_id, *kinds))
