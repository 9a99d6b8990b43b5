"""Objectives (SLOs): which share of probes or requests shall be good, over how many days."""

from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadObjective
from db.lines import fault, one_line
from db.tables import SLO_KINDS, probes, slos

LONGEST_NAME = 100
LONGEST_PLACE = 200
MOST_SLOS = 100  # of a project
LONGEST_MS = 600_000.0


@dataclass(frozen=True, slots=True)
class SloDraft:
    """What is promised: `objective` is a share below 1.

    Of kind uptime it is one of the probe's answers; of kind errors one of the requests without an
    error of the service and endpoint (all where empty); of kind latency one of those that took at
    most `threshold_ms`.
    """

    name: str
    kind: str
    objective: float
    days: int = 30
    probe_id: int | None = None
    service: str = ""
    endpoint: str = ""
    threshold_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Slo:
    """One of them as it is kept."""

    id: int
    name: str
    objective: float
    days: int


def list_slos(conn: Connection, project_id: int) -> list[Slo]:
    """The objectives of a project, by name."""
    told = (slos.c.id, slos.c.name, slos.c.objective, slos.c.days)
    theirs = select(*told).where(slos.c.project_id == project_id).order_by(slos.c.name)
    return [Slo(*row) for row in conn.execute(theirs)]


def save_slo(conn: Connection, project_id: int, draft: SloDraft) -> int:
    """Keep what is promised; replaces what the name stood for. Returns its id.

    Raises BadObjective with the field that is wrong.
    """
    draft = replace(draft, name=one_line(draft.name))
    _check(draft)
    _check_probe(conn, project_id, draft)
    _check_room(conn, project_id, draft.name)
    new = insert(slos).values(asdict(draft) | {"project_id": project_id})
    replaced = {name: new.excluded[name] for name in asdict(draft)}
    saved = new.on_conflict_do_update(index_elements=["project_id", "name"], set_=replaced)
    made = int(conn.execute(saved.returning(slos.c.id)).scalar_one())
    note(conn, "slo.set", draft.name, project_id, kind=draft.kind, objective=draft.objective)
    return made


def remove_slo(conn: Connection, project_id: int, slo_id: int) -> bool:
    """Promise it no more; whether it was there."""
    gone = delete(slos).where(slos.c.project_id == project_id, slos.c.id == slo_id)
    name = conn.execute(gone.returning(slos.c.name)).scalar_one_or_none()
    if name is not None:
        note(conn, "slo.remove", name, project_id)
    return name is not None


def _check(draft: SloDraft) -> None:
    if wrong := fault(draft.name, LONGEST_NAME):
        raise BadObjective(f"name: {wrong}")
    if draft.kind not in SLO_KINDS:
        raise BadObjective(f"kind: it is one of {', '.join(SLO_KINDS)}.")
    if not 0.5 <= draft.objective <= 0.99999:
        raise BadObjective("objective: it is a share from 0.5 to 0.99999.")
    if not 1 <= draft.days <= 90:
        raise BadObjective("days: they are 1 to 90.")
    for name in ("service", "endpoint"):
        text = getattr(draft, name)
        if text and (wrong := fault(text, LONGEST_PLACE)):
            raise BadObjective(f"{name}: {wrong}")
    timed = draft.threshold_ms is not None and 1 <= draft.threshold_ms <= LONGEST_MS
    if timed != (draft.kind == "latency"):
        raise BadObjective("threshold_ms: a latency has one, of 1 ms to 10 min; others have none.")


def _check_probe(conn: Connection, project_id: int, draft: SloDraft) -> None:
    """Raise BadObjective unless it names a probe of the project where it needs one."""
    if draft.kind != "uptime":
        if draft.probe_id is not None:
            raise BadObjective("probe_id: only an uptime is one of a probe.")
        return
    ours = select(probes.c.id).where(
        probes.c.project_id == project_id, probes.c.id == draft.probe_id
    )
    if conn.execute(ours).one_or_none() is None:
        raise BadObjective("probe_id: an uptime is one of a probe of this project.")


def _check_room(conn: Connection, project_id: int, name: str) -> None:
    others = select(func.count()).where(slos.c.project_id == project_id, slos.c.name != name)
    if conn.execute(others).scalar_one() >= MOST_SLOS:
        raise BadObjective(f"A project has at most {MOST_SLOS} objectives.")
