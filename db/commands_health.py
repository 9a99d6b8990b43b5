"""Commands about what is looked at on a schedule, and what is promised of it."""

import sys
from getpass import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy import Connection

from db import access
from db.console import AsJson, answer, in_database, told_plainly
from db.errors import BadObjective, BadProbe
from db.tables import INSTALLATION, PROBE_KINDS, SLO_KINDS

if TYPE_CHECKING:
    from db.probes import Probe
    from db.slos import Slo

Place = Annotated[str, typer.Argument(help="The project's name, or - for Looplens itself.")]
ITSELF = "-"


@told_plainly
def probe(
    place: Place,
    name: Annotated[str, typer.Argument(help="What the probe is called.")] = "",
    kind: Annotated[str, typer.Option(help=f"{', '.join(PROBE_KINDS)}.")] = "http",
    every: Annotated[int, typer.Option(help="Seconds from one look to the next.")] = 60,
    timeout: Annotated[float, typer.Option(help="Seconds until a look is given up.")] = 10.0,
    status: Annotated[int | None, typer.Option(help="The status expected; else any 2xx.")] = None,
    holds: Annotated[str, typer.Option(help="A text that the answer holds.")] = "",
    days: Annotated[int, typer.Option(help="Days that a certificate must be valid for.")] = 14,
    pause: Annotated[bool, typer.Option("--pause", help="Look at it no more for now.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Look at it again.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Forget it and its results.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at an address on a schedule; without a name, list what is looked at.

    The address is read from standard input, since it may hold a password.
    """
    from db.probes import Draft, list_probes, pause_probe, remove_probe, save_probe

    acts = pause or resume or remove
    if acts and not name:
        raise BadProbe("To pause, resume or remove a probe, name it.")
    address = _address() if name and not acts else ""

    def work(conn: Connection) -> "list[Probe]":
        project_id = _place(conn, place)
        known = {each.name: each.id for each in list_probes(conn, project_id)}
        if acts and name not in known:
            raise BadProbe(f"No probe of '{place}' is called '{name}'.")
        if remove:
            remove_probe(conn, project_id, known[name])
        elif acts:
            pause_probe(conn, project_id, known[name], paused=pause)
        elif name:
            draft = Draft(name, kind, address, every, timeout, status, holds, days)
            save_probe(conn, project_id, draft)
        return list_probes(conn, project_id)

    found = [_told(each) for each in in_database(work)]
    lines = [f"{each['name']}: {each['kind']}, {each['state']}" for each in found]
    answer(found, "\n".join(lines) or "Nothing is looked at yet.", as_json)


@told_plainly
def slo(
    place: Place,
    name: Annotated[str, typer.Argument(help="What the objective is called.")] = "",
    kind: Annotated[str, typer.Option(help=f"{', '.join(SLO_KINDS)}.")] = "uptime",
    objective: Annotated[float, typer.Option(help="The share that is good, in percent.")] = 99.9,
    days: Annotated[int, typer.Option(help="The days that it is over.")] = 30,
    of: Annotated[str, typer.Option(help="Of uptime: the probe.")] = "",
    service: Annotated[str, typer.Option(help="Of requests: the service; else all.")] = "",
    endpoint: Annotated[str, typer.Option(help="Of requests: the endpoint; else all.")] = "",
    within: Annotated[float | None, typer.Option(help="Of latency: in how many ms.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Promise it no more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Promise a share of good probes or requests; without a name, list what is promised."""
    from db.probes import list_probes
    from db.slos import SloDraft, list_slos, remove_slo, save_slo

    if remove and not name:
        raise BadObjective("To remove an objective, name it.")

    def work(conn: Connection) -> "list[Slo]":
        project_id = _place(conn, place)
        if remove:
            known = {each.name: each.id for each in list_slos(conn, project_id)}
            if name not in known:
                raise BadObjective(f"No objective of '{place}' is called '{name}'.")
            remove_slo(conn, project_id, known[name])
        elif name:
            ids = {each.name: each.id for each in list_probes(conn, project_id)}
            share = round(objective / 100, 7)
            draft = SloDraft(name, kind, share, days, ids.get(of), service, endpoint, within)
            save_slo(conn, project_id, draft)
        return list_slos(conn, project_id)

    found = in_database(work)
    lines = [f"{each.name}: {each.objective:.5%} in {each.days} days" for each in found]
    told = [{"name": each.name, "objective": each.objective, "days": each.days} for each in found]
    answer(told, "\n".join(lines) or "Nothing is promised yet.", as_json)


def _place(conn: Connection, name: str) -> int:
    return INSTALLATION if name == ITSELF else access.find_project(conn, name).id


def _told(probe: "Probe") -> dict[str, Any]:
    """A probe without its address."""
    state = "paused" if probe.is_paused else f"every {probe.every_seconds} s"
    return {"name": probe.name, "kind": probe.kind, "state": state}


def _address() -> str:
    """An address that is neither shown nor kept in a shell's history; "" to leave it as it is."""
    return (getpass("Address: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
