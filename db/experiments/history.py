"""Who changed what in an experiment and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, insert, select

from db.audit import note
from db.experiments.kept import Experiment
from db.tables import experiment_log, people

DELETED = "deleted"
NOTED = {
    "created": "create",
    "imported": "import",
    "changed": "change",
    "started": "start",
    "stopped": "stop",
    "killed": "kill",
    "revived": "revive",
    "decided": "decide",
    DELETED: "remove",
}  # the acts of somebody, as the audit log calls them: a phase follows from a change


@dataclass(frozen=True, slots=True)
class Change:
    """One of them: `details` has what was changed, `before` and `after`, as JSON.

    `key` is the one that the experiment had then.
    """

    at: datetime
    person: str | None
    action: str
    details: dict[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class Act:
    """That somebody (None: a command) does something at that moment."""

    person_id: int | None
    at: datetime

    @classmethod
    def by(cls, person_id: int | None, at: datetime | None) -> Self:
        """Theirs, now unless a moment is given."""
        return cls(person_id, at or datetime.now(UTC))


def list_changes(conn: Connection, project_id: int, experiment_id: int) -> list[Change]:
    """What was done to an experiment, the latest first."""
    return _changes(conn, project_id, experiment_log.c.experiment_id == experiment_id)


def list_deletions(conn: Connection, project_id: int) -> list[Change]:
    """Which drafts and imports were deleted, the latest first; `before` is what they were."""
    log = experiment_log.c
    return _changes(conn, project_id, log.experiment_id.is_(None) & (log.action == DELETED))


def _changes(conn: Connection, project_id: int, which: ColumnElement[bool]) -> list[Change]:
    log = experiment_log.c
    columns = (log.at, people.c.email, log.action, log.details, log.key)
    found = select(*columns).outerjoin(people, people.c.id == log.person_id)
    ours = found.where(log.project_id == project_id, which).order_by(log.id.desc())
    return [Change(*row) for row in conn.execute(ours)]


def record(
    conn: Connection,
    experiment: Experiment,
    action: str,
    act: Act,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Keep that it was done; of `before` and `after` just what differs."""
    details = changed(before or {}, after or {})
    place = {"experiment_id": experiment.id, "project_id": experiment.project_id}
    row = {"person_id": act.person_id, "at": act.at, "action": action, "details": details}
    conn.execute(insert(experiment_log).values(place | row | {"key": experiment.key}))
    if action in NOTED:
        told = {"changed": sorted(details["after"])}
        act_told = f"{experiment.kind}.{NOTED[action]}"
        note(conn, act_told, experiment.key, experiment.project_id, **told)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What differs between the two, as they say it."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    sides = {"before": before, "after": after}
    return {
        side: {name: said[name] for name in names if name in said} for side, said in sides.items()
    }
