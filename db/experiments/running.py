"""Experiments and flags are started, stopped, killed and decided."""

from datetime import datetime

from sqlalchemy import Connection

from db.errors import BadExperiment
from db.experiments.checking import check_measured
from db.experiments.history import Act, record
from db.experiments.kept import Experiment, lock_experiment, update_experiment
from db.experiments.layers import place
from db.experiments.phases import begin_phase, end_phase
from db.lines import fault, one_line
from db.tables import DECISIONS

LONGEST_NOTE = 2_000


def start_experiment(
    conn: Connection,
    project_id: int,
    key: str,
    person_id: int | None = None,
    now: datetime | None = None,
) -> None:
    """Give it out from now on; raises BadExperiment and UnknownExperiment.

    In a layer it takes the first slice that is free. A flag may be started again.
    """
    act, held = _held(conn, project_id, key, person_id, now)
    if held.state == "running":
        raise BadExperiment("It is running already.")
    if held.state == "stopped" and held.kind != "flag":
        raise BadExperiment("It was stopped, and its result is on record; make another one.")
    check_measured(held)
    taken = place(conn, held)
    values = {"started_at": act.at, "share_from": taken[0], "share_to": taken[1]}
    update_experiment(conn, held, state="running", stopped_at=None, **values)
    if held.kind == "experiment":
        begin_phase(conn, held, act.at, held.variants, taken)
    record(conn, held, "started", act, after={"share_from": taken[0], "share_to": taken[1]})


def stop_experiment(
    conn: Connection,
    project_id: int,
    key: str,
    person_id: int | None = None,
    now: datetime | None = None,
) -> None:
    """Give everybody the control from now on; raises BadExperiment and UnknownExperiment.

    That ends the kill of an experiment; a flag, which may be started again, stays killed.
    """
    act, held = _held(conn, project_id, key, person_id, now)
    if held.state != "running":
        raise BadExperiment("It is not running.")
    if held.kind != "flag":
        _switch(conn, held, False, act)
    _stop(conn, held, act)


def kill_experiment(
    conn: Connection,
    project_id: int,
    key: str,
    killed: bool,
    person_id: int | None = None,
    now: datetime | None = None,
) -> None:
    """Give everybody the control at once, or with False no longer so; raises UnknownExperiment.

    It stays in its state, so that what was killed by mistake goes on as before.
    """
    act, held = _held(conn, project_id, key, person_id, now)
    _switch(conn, held, killed, act)


def decide_experiment(
    conn: Connection,
    project_id: int,
    key: str,
    decision: str,
    variant: str = "",
    note: str = "",
    person_id: int | None = None,
    now: datetime | None = None,
) -> None:
    """Write down what was concluded; one that runs is stopped by it, and it may be decided anew.

    What is shipped names the variant, which everybody gets whom the targeting fits: a kill of
    before ends. Raises BadExperiment and UnknownExperiment.
    """
    act, held = _held(conn, project_id, key, person_id, now)
    said = _checked_decision(held, decision, variant, note)
    _switch(conn, held, False, act)
    if held.state == "running":
        _stop(conn, held, act)
    update_experiment(conn, held, decided_at=act.at, decided_by=act.person_id, **said)
    before = {name: getattr(held, name) for name in said}
    record(conn, held, "decided", act, before=before, after=said)


def _checked_decision(held: Experiment, decision: str, variant: str, note: str) -> dict[str, str]:
    if held.state == "draft" or held.kind == "flag":
        raise BadExperiment("Only an experiment that ran can be decided.")
    if decision not in DECISIONS or not decision:
        raise BadExperiment("decision: it is shipped, rolled_back or inconclusive.")
    if decision == "shipped" and held.variant(variant) is None:
        raise BadExperiment("variant: say which of the variants was shipped.")
    if decision == "shipped" and variant == held.control:
        raise BadExperiment("variant: to keep the control, say rolled back.")
    note = one_line(note)
    if note and (wrong := fault(note, LONGEST_NOTE)):
        raise BadExperiment(f"note: {wrong}")
    shipped = variant if decision == "shipped" else ""
    return {"decision": decision, "decided_variant": shipped, "decision_note": note}


def _held(
    conn: Connection, project_id: int, key: str, person_id: int | None, now: datetime | None
) -> tuple[Act, Experiment]:
    return Act.by(person_id, now), lock_experiment(conn, project_id, key)


def _switch(conn: Connection, held: Experiment, killed: bool, act: Act) -> None:
    if held.killed != killed:
        update_experiment(conn, held, killed=killed)
        record(conn, held, "killed" if killed else "revived", act)


def _stop(conn: Connection, held: Experiment, act: Act) -> None:
    update_experiment(conn, held, state="stopped", stopped_at=act.at)
    end_phase(conn, held, act.at)
    record(conn, held, "stopped", act)
