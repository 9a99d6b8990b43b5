"""Experiments and flags are made, changed, and thrown away as long as they were drafts."""

import secrets
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from db.errors import BadExperiment, ExperimentExists, UnknownExperiment
from db.experiments.checking import Draft, check_running, checked, draft_of
from db.experiments.history import DELETED, Act, record
from db.experiments.kept import (
    Experiment,
    find_experiment,
    keyed,
    lock_experiment,
    update_experiment,
)
from db.experiments.layers import Slice, resized
from db.experiments.phases import begin_phase, end_phase, keep_past_phase
from db.tables import experiments


def create_experiment(
    conn: Connection,
    project_id: int,
    draft: Draft,
    person_id: int | None = None,
    now: datetime | None = None,
) -> int:
    """Keep a draft and return its id; raises BadExperiment and ExperimentExists.

    An import is made stopped, with one phase: it was run elsewhere.
    """
    act, kept = Act.by(person_id, now), checked(draft)
    place: dict[str, Any] = {
        "project_id": project_id,
        "person_id": person_id,
        "created_at": act.at,
        "salt": secrets.token_hex(8),
    }
    new = insert(experiments).values(place | _columns(kept, (0, kept.share)))
    unless_keyed_so = new.on_conflict_do_nothing(index_elements=["project_id", "key"])
    if conn.execute(unless_keyed_so.returning(experiments.c.id)).one_or_none() is None:
        raise _exists(kept.key)
    experiment = find_experiment(conn, project_id, kept.key)
    record(conn, experiment, "created", act, after=_told(kept))
    if kept.kind == "import":
        _stopped_elsewhere(conn, experiment, act)
    return experiment.id


def keep_import(
    conn: Connection,
    project_id: int,
    draft: Draft,
    person_id: int | None = None,
    now: datetime | None = None,
) -> int:
    """Keep an experiment that was run elsewhere and return its id.

    In place of an earlier import of its key, whose name, hypothesis, decision and history stay.
    Raises BadExperiment, and ExperimentExists where the key belongs to an experiment or a flag.
    """
    try:
        held = lock_experiment(conn, project_id, draft.key)
    except UnknownExperiment:
        return create_experiment(conn, project_id, draft, person_id, now)
    if held.kind != draft.kind:
        raise _exists(draft.key)
    act = Act.by(person_id, now)
    wanted = checked(replace(draft, name=held.name, hypothesis=held.hypothesis))
    _write(conn, held, wanted, (0, wanted.share))
    _stopped_elsewhere(conn, find_experiment(conn, project_id, held.key), act)
    record(conn, held, "imported", act, before=_told(draft_of(held)), after=_told(wanted))
    return held.id


def change_experiment(
    conn: Connection,
    project_id: int,
    key: str,
    draft: Draft,
    person_id: int | None = None,
    now: datetime | None = None,
) -> None:
    """Make it what the draft says; raises BadExperiment, ExperimentExists and UnknownExperiment.

    While an experiment runs, other weights, values or another share begin a new phase; its name,
    hypothesis and targeting are free, all else is fixed. Of what was stopped only the name and the
    hypothesis can be changed, of a flag all but its key and layer.
    """
    act, wanted = Act.by(person_id, now), checked(draft)
    held = lock_experiment(conn, project_id, key)
    was, taken = draft_of(held), _slice(conn, held, wanted)
    _write(conn, held, wanted, taken)
    record(conn, held, "changed", act, before=_told(was), after=_told(wanted))
    split = (was.variants, was.share) != (wanted.variants, wanted.share)
    if held.kind == "experiment" and held.state == "running" and split:
        end_phase(conn, held, act.at)
        number = begin_phase(conn, held, act.at, wanted.variants, taken)
        record(conn, held, "phase", act, after={"number": number})


def delete_draft(
    conn: Connection,
    project_id: int,
    key: str,
    person_id: int | None = None,
    now: datetime | None = None,
) -> None:
    """Forget a draft, or an import with all of its numbers; raises BadExperiment for the rest.

    Who did it, and what was done to it before, stay on record.
    """
    held = lock_experiment(conn, project_id, key)
    if held.state != "draft" and held.kind != "import":
        raise BadExperiment("Only a draft can be deleted; what ran is kept, to be read again.")
    act = Act.by(person_id, now)
    record(conn, held, DELETED, act, before=_told(draft_of(held)))
    conn.execute(delete(experiments).where(keyed(project_id, key)))


def _slice(conn: Connection, held: Experiment, wanted: Draft) -> Slice:
    """The buckets that take part from now on; raises BadExperiment for what can't be changed."""
    if held.state == "draft":
        return 0, wanted.share
    check_running(held, wanted)
    if held.state == "running":
        return resized(conn, held, wanted.share)
    if held.kind == "flag":
        return 0, wanted.share
    same = (held.variants, held.share, _list(held.targeting))
    if same != (wanted.variants, wanted.share, _list(wanted.targeting)):
        raise BadExperiment("It was stopped: only its name and its hypothesis can be changed.")
    return held.share_from, held.share_to


def _stopped_elsewhere(conn: Connection, experiment: Experiment, act: Act) -> None:
    update_experiment(conn, experiment, state="stopped", stopped_at=act.at)
    keep_past_phase(conn, experiment, act.at)


def _write(conn: Connection, held: Experiment, wanted: Draft, taken: Slice) -> None:
    try:
        with conn.begin_nested():
            update_experiment(conn, held, **_columns(wanted, taken))
    except IntegrityError:
        raise _exists(wanted.key) from None


def _exists(key: str) -> ExperimentExists:
    return ExperimentExists(f"There is something of the key '{key}' already.")


def _told(draft: Draft) -> dict[str, Any]:
    """The draft as JSON."""
    lists = {"targeting": _list(draft.targeting), "metrics": _list(draft.metrics)}
    return asdict(draft) | lists


def _columns(draft: Draft, taken: Slice) -> dict[str, Any]:
    """The draft as a row of the table."""
    row = _told(draft)
    del row["share"]
    return row | {"share_from": taken[0], "share_to": taken[1]}


def _list(json: str) -> Any:
    return orjson.loads(json)
