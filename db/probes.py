"""Probes: what is looked at on a schedule. An address may hold a password: it is never told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.engine import parse_url
from db.errors import BadDatabaseUrl, BadProbe
from db.lines import fault, one_line
from db.tables import INSTALLATION, PROBE_KINDS, probes

LONGEST_NAME = 100
LONGEST_ADDRESS = 2_000
LONGEST_TEXT = 200
MOST_PROBES = 200  # of a project
MOST_AT_ONCE = 25  # looks of a project on their way, so that one can't hold up all others
EVERY_SECONDS = (10, 86_400)
TIMEOUT_SECONDS = (0.5, 60.0)
HTTPS_PORT = 443
OWN = ("looplens:api", "looplens:dashboard", "looplens:database")  # wherever they are now


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants looked at. `address` is left empty where it stays as it was."""

    name: str
    kind: str
    address: str = field(default="", repr=False)
    every_seconds: int = 60
    timeout_seconds: float = 10.0
    expected_status: int | None = None
    expected_text: str = ""
    minimum_days: int = 14


@dataclass(frozen=True, slots=True)
class Probe:
    """One of them as it is kept, to be looked at; without its address in its repr."""

    id: int
    project_id: int
    name: str
    kind: str
    address: str = field(repr=False)
    every_seconds: int
    timeout_seconds: float
    expected_status: int | None
    expected_text: str
    minimum_days: int
    is_paused: bool


COLUMNS = tuple(probes.c[name] for name in Probe.__slots__)


def save_probe(conn: Connection, project_id: int, draft: Draft) -> int:
    """Look at this from now on; replaces what the name stood for. Returns its id.

    Raises BadProbe with the field that is wrong.
    """
    name = _check(project_id, draft)
    _check_room(conn, project_id, name)
    values = {each: getattr(draft, each) for each in Draft.__slots__}
    values |= {"project_id": project_id, "name": name, "address": draft.address.strip()}
    values["address"] = values["address"] or _address(conn, project_id, name, draft.kind)
    new = insert(probes).values(values)
    replaced = {each: new.excluded[each] for each in values} | {"due_at": None, "is_paused": False}
    saved = new.on_conflict_do_update(index_elements=["project_id", "name"], set_=replaced)
    made = int(conn.execute(saved.returning(probes.c.id)).scalar_one())
    note(conn, "probe.set", name, project_id, kind=draft.kind, every_seconds=draft.every_seconds)
    return made


def list_probes(conn: Connection, project_id: int) -> list[Probe]:
    """The probes of a project, by name."""
    theirs = select(*COLUMNS).where(probes.c.project_id == project_id).order_by(probes.c.name)
    return [Probe(*row) for row in conn.execute(theirs)]


def pause_probe(conn: Connection, project_id: int, probe_id: int, paused: bool = True) -> bool:
    """Look at it no more, or again; whether it was there."""
    ours = update(probes).where(probes.c.project_id == project_id, probes.c.id == probe_id)
    done = ours.values(is_paused=paused, due_at=None).returning(probes.c.name)
    name = conn.execute(done).scalar_one_or_none()
    if name is not None:
        note(conn, "probe.pause" if paused else "probe.resume", name, project_id)
    return name is not None


def remove_probe(conn: Connection, project_id: int, probe_id: int) -> bool:
    """Forget it with its results and objectives; whether it was there."""
    gone = delete(probes).where(probes.c.project_id == project_id, probes.c.id == probe_id)
    name = conn.execute(gone.returning(probes.c.name)).scalar_one_or_none()
    if name is not None:
        note(conn, "probe.remove", name, project_id)
    return name is not None


def take_due(
    conn: Connection, now: datetime, most: int, busy: Mapping[int, int] | None = None
) -> list[Probe]:
    """The probes that are due, each given to one worker alone, and set for their next time.

    The next time follows the last one, so that a schedule does not drift. `busy` tells how many of
    a project, by its id, are still looked at: with these it has at most MOST_AT_ONCE.
    """
    due = and_(~probes.c.is_paused, or_(probes.c.due_at.is_(None), probes.c.due_at <= now))
    by_wait = (probes.c.due_at.nulls_first(), probes.c.id)
    turn = func.row_number().over(partition_by=probes.c.project_id, order_by=by_wait)
    held = case(dict(busy), value=probes.c.project_id, else_=0) if busy else 0
    turns = select(probes.c.id, (turn + held).label("turn")).where(due).subquery()
    first = select(probes.c.id).join(turns, turns.c.id == probes.c.id)
    first = first.where(due, turns.c.turn <= MOST_AT_ONCE).order_by(*by_wait).limit(most)
    pause = func.make_interval(0, 0, 0, 0, 0, 0, probes.c.every_seconds)
    following = probes.c.due_at + pause
    later = case((following > now, following), else_=now + pause)
    taken = (
        update(probes)
        .where(probes.c.id.in_(first.with_for_update(skip_locked=True, of=probes)))
        .values(due_at=later)
        .returning(*COLUMNS)
    )
    return [Probe(*row) for row in conn.execute(taken)]


def host_and_port(address: str, port: int | None = None) -> tuple[str, int]:
    """`host:port`, or a host alone where a port is given; raises BadProbe."""
    try:
        parts = urlsplit(f"//{address}")
        found, bare = parts.port or port, parts.netloc == address and "@" not in address
    except ValueError:
        raise BadProbe("address: it is host:port.") from None
    if not parts.hostname or not found or not bare:
        raise BadProbe("address: it is host:port.")
    return parts.hostname, found


def _check(project_id: int, draft: Draft) -> str:
    """The name on one line; raises BadProbe."""
    name = one_line(draft.name)
    if wrong := fault(name, LONGEST_NAME):
        raise BadProbe(f"name: {wrong}")
    if draft.kind not in PROBE_KINDS:
        raise BadProbe(f"kind: it is one of {', '.join(PROBE_KINDS)}.")
    _check_between("every_seconds", draft.every_seconds, EVERY_SECONDS)
    _check_between("timeout_seconds", draft.timeout_seconds, TIMEOUT_SECONDS)
    if draft.timeout_seconds > draft.every_seconds:
        raise BadProbe("timeout_seconds: it is at most every_seconds.")
    _check_between("minimum_days", draft.minimum_days, (1, 365))
    if draft.expected_status is not None:
        _check_between("expected_status", draft.expected_status, (100, 599))
    if draft.expected_text and (wrong := fault(draft.expected_text, LONGEST_TEXT)):
        raise BadProbe(f"expected_text: {wrong}")
    if draft.address.strip():
        _check_address(project_id, draft.kind, draft.address.strip())
    return name


def _check_between(name: str, value: float, bounds: tuple[float, float]) -> None:
    if not bounds[0] <= value <= bounds[1]:  # NaN is between nothing
        raise BadProbe(f"{name}: it is a number from {bounds[0]:g} to {bounds[1]:g}.")


def _check_address(project_id: int, kind: str, address: str) -> None:
    if fault(address, LONGEST_ADDRESS) or any(char.isspace() or char == "\\" for char in address):
        raise BadProbe("address: it holds blanks or signs that no address has, or is too long.")
    if address in OWN:
        if project_id != INSTALLATION:
            raise BadProbe("address: Looplens looks at itself already.")
    elif kind == "http":
        _check_web(address)
    elif kind == "postgres":
        _check_database(address)
    else:
        host_and_port(address, HTTPS_PORT if kind == "certificate" else None)


def _check_web(address: str) -> None:
    try:
        parts = urlsplit(address)
        named = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise BadProbe("address: it begins with http:// or https:// and names a host.")


def _check_database(address: str) -> None:
    try:
        url = parse_url(address)
    except BadDatabaseUrl:
        url = None
    if url is None or not url.host or not set(url.query) <= {"sslmode"}:
        raise BadProbe("address: it is postgresql://user:password@host/name.")


def _check_room(conn: Connection, project_id: int, name: str) -> None:
    others = select(func.count()).where(probes.c.project_id == project_id, probes.c.name != name)
    if conn.execute(others).scalar_one() >= MOST_PROBES:
        raise BadProbe(f"A project has at most {MOST_PROBES} probes.")


def _address(conn: Connection, project_id: int, name: str, kind: str) -> str:
    """The address that a probe of this name and kind has already; raises BadProbe."""
    known = select(probes.c.address).where(
        probes.c.project_id == project_id, probes.c.name == name, probes.c.kind == kind
    )
    address = conn.execute(known).scalar_one_or_none()
    if address is None:
        raise BadProbe("address: it is missing.")
    return str(address)
