"""Commands that switch flags, and that kill what goes wrong."""

from dataclasses import asdict, replace
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from db import access
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.errors import UnknownExperiment
from db.experiments.checking import Draft, draft_of, percent
from db.experiments.drafting import change_experiment, create_experiment
from db.experiments.kept import Experiment, Variant, find_experiment, list_experiments
from db.experiments.running import kill_experiment, start_experiment
from db.tables import BUCKETS

OFF_ON = (Variant("off", 0, False), Variant("on", BUCKETS, True))
FlagKey = Annotated[str, typer.Argument(help="The key of a flag or an experiment.")]


@told_plainly
def flag(
    name: Name,
    key: FlagKey,
    share: Annotated[float, typer.Option(help="For how many percent of people it is on.")] = 100.0,
    as_json: AsJson = False,
) -> None:
    """Switch a flag on for a share of the people; it is made where it is new."""

    def switch(conn: Connection) -> Experiment:
        project_id = access.find_project(conn, name).id
        buckets = round(share * BUCKETS / 100)
        try:
            held = find_experiment(conn, project_id, key)
        except UnknownExperiment:
            draft = Draft("flag", key, key, OFF_ON, "off", share=buckets)
            create_experiment(conn, project_id, draft)
            start_experiment(conn, project_id, key)
        else:
            change_experiment(conn, project_id, key, replace(draft_of(held), share=buckets))
        return find_experiment(conn, project_id, key)

    kept = in_database(switch)
    answer(asdict(kept), _line(kept), as_json)


@told_plainly
def kill(
    name: Name,
    key: FlagKey,
    revive: Annotated[bool, typer.Option("--revive", help="Take it back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give everybody the control of a flag or an experiment, within two seconds."""

    def switch(conn: Connection) -> Experiment:
        project_id = access.find_project(conn, name).id
        kill_experiment(conn, project_id, key, killed=not revive)
        return find_experiment(conn, project_id, key)

    kept = in_database(switch)
    answer(asdict(kept), _line(kept), as_json)


@told_plainly
def flags(name: Name, as_json: AsJson = False) -> None:
    """List the flags and experiments, the newest first."""

    def read(conn: Connection) -> list[Experiment]:
        project_id = access.find_project(conn, name).id
        return list_experiments(conn, project_id, "flag", "experiment")

    found: list[Any] = in_database(read)
    lines = "\n".join(map(_line, found))
    answer([asdict(each) for each in found], lines or "No flags yet.", as_json)


def _line(kept: Experiment) -> str:
    state = "killed" if kept.killed else kept.state
    return f"{kept.key}  {kept.kind}  {state}  {percent(kept.share)} of people"
