"""Millions of runs of packages, made up inside the database and published as the worker does it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Subquery,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
    true,
)

from benchmarks.results import Result
from db.access import create_project, ensure_person
from db.organisations import Organisation, create_organisation
from db.package_authors import add_author
from db.package_versions import release
from db.packages import Package, create_package
from db.partitions import ensure_months
from db.tables import feedback, organisation_members, person_actors, runs
from db.tokens import create_token
from jobs.publishing import feed, publish_due

RUNS, DOWNLOADS, RATINGS = 5_000_000, 500_000, 100_000
PEOPLE, DAYS = 20_000, 365
ORGANISATIONS = ("Acme", "Globex", "Initech")
PACKAGES = 50
OWN = 4  # packages of the author
ASKERS = 200  # people who ask for their own usage
HEAD = 3  # the number of one who is an owner of the first organisation
STEP = 500_000  # rows at once
A_SESSION = 8  # runs of somebody with one package and model
SALT = 42
MODELS = ("claude-3-5-sonnet", "gpt-4o", "llama-3", "mistral-large", "gemini-pro")
COUNTRIES = ("US", "DE", "IN", "GB", "FR", "BR", "JP", "CA", "PL", "NL")
PLATFORMS, ERRORS = ("cli", "web", "vscode"), ("timeout", "rate_limit", "bad_output")
TEAMS = ("Frontend", "Backend", "DevOps", "Data", "")
INSTALLERS, AUDIENCES = ("pip", "uv", "npm"), ("person", "person", "ci", "mirror")
VERSION_DAYS = 45.0  # between releases


@dataclass(frozen=True, slots=True)
class World:
    """What is asked about: the public packages, an organisation, and tokens of who may ask.

    `people` are those of whoever runs most, `head` of an owner of the organisation.
    """

    packages: list[UUID]
    organisation: UUID
    people: list[str]
    author: str
    head: str


def fill(engine: Engine) -> tuple[World, list[Result]]:
    """A registry with all its runs, and how long it took to make and to publish them."""
    with engine.begin() as conn:
        name = f"registry {time.time_ns()}"
        project_id = create_project(conn, name, consent="opt-out", retention_months=None).id
        made = _packages(conn, project_id)
        headed = _organisations(conn, project_id)
        world = _askers(conn, project_id, made, headed)
        today = datetime.now(UTC).date()
        ensure_months(conn, (today - timedelta(days=days) for days in range(0, DAYS + 31, 15)))
    ids = [package.id for package in made]
    started = time.perf_counter()
    for start in range(0, RUNS + DOWNLOADS, STEP):
        with engine.begin() as conn:
            _run(conn, project_id, ids, start)
    with engine.begin() as conn:
        _rate(conn, project_id, ids)
    stored = time.perf_counter()
    for start in range(0, RUNS + DOWNLOADS, STEP):
        with engine.begin() as conn:
            feed(conn, _batch(project_id, start))
    fed = time.perf_counter()
    blocks = publish_due(engine)
    published = time.perf_counter()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))
    group = f"community, {RUNS:,} runs"
    return world, [
        Result(group, "runs stored", stored - started, "s"),
        Result(group, "runs fed to what is not published", fed - stored, "s"),
        Result(group, f"published as {blocks:,} blocks", published - fed, "s", 900),
    ]


def _packages(conn: Connection, project_id: int) -> list[Package]:
    made = [
        create_package(conn, project_id, f"package-{number}", "Made up.", is_public=True)
        for number in range(PACKAGES)
    ]
    now = datetime.now(UTC)
    for package in made:
        for number in range(int(DAYS / VERSION_DAYS) + 1):
            age = timedelta(days=DAYS - number * VERSION_DAYS)
            release(conn, package.id, f"1.{number}.0", now - age)
    return made


def _organisations(conn: Connection, project_id: int) -> Organisation:
    """A tenth of the people are members of one of them; the first is returned."""
    made = [create_organisation(conn, project_id, name, 1_000) for name in ORGANISATIONS]
    ids = [each.id for each in made]
    person = _numbers(0, PEOPLE)
    columns = ("organisation_id", "actor_key", "project_id", "username", "role", "team")
    chosen = select(
        _one_of(ids, person // 10),
        _key(person),
        literal(project_id),
        func.concat("user-", person),
        case((person < 40, "owner"), else_="member"),
        _one_of(TEAMS, person // 30),
    ).where(person % 10 == 3)
    conn.execute(insert(organisation_members).from_select(columns, chosen))
    return made[0]


def _askers(conn: Connection, project_id: int, made: list[Package], headed: Organisation) -> World:
    """Tokens of those who run most, one of whom heads the organisation, and of an author."""
    people = [_person(conn, project_id, number) for number in range(ASKERS)]
    for package in made[:OWN]:
        add_author(conn, package.id, "author@example.org")
    author = ensure_person(conn, "author@example.org", "author")
    tokens = [create_token(conn, who, "bench") for who in (*people, author)]
    return World([each.uid for each in made], headed.uid, tokens[:-1], tokens[-1], tokens[HEAD])


def _person(conn: Connection, project_id: int, number: int) -> int:
    """Somebody who may sign in as one of those who run packages."""
    who = ensure_person(conn, f"person-{number}@example.org", "member")
    row = {"person_id": who, "project_id": project_id}
    key = select(_key(literal(number, BigInteger))).scalar_subquery()
    conn.execute(insert(person_actors).values(row | {"actor_key": key}))
    return who


def _run(conn: Connection, project_id: int, ids: list[int], start: int) -> None:
    """So many runs and downloads, the days, people and packages of each at random."""
    r = _random(start)
    person, day = cast(PEOPLE * func.power(r.c.who, 1.5), BigInteger), r.c.when * DAYS
    member = (person % 10 == 3) & (r.c.fetched == 0)
    failed = (r.c.luck < 0.04) & (r.c.fetched == 0)
    version = func.greatest(0, cast((DAYS - day) / VERSION_DAYS - 3 * r.c.age * r.c.age, Integer))
    of = select(organisation_members.c.organisation_id).where(
        organisation_members.c.project_id == project_id,
        organisation_members.c.actor_key == _key(person),
    )
    is_download, model = r.c.fetched == 1, cast(5 * r.c.model * r.c.model, BigInteger)
    values: dict[str, Any] = {
        "project_id": literal(project_id),
        "actor_key": _key(person),
        "run_id": func.gen_random_uuid(),
        "occurred_at": func.now() - func.make_interval(0, 0, 0, 0, 0, 0, day * 86_400),
        "batch_id": literal(start // STEP),
        "package_id": _one_of(ids, cast(PACKAGES * r.c.what * r.c.what, BigInteger)),
        "organisation_id": case((member, of.scalar_subquery()), else_=0),
        "team": case((member, _one_of(TEAMS, person // 30)), else_=""),
        "tokens": case((r.c.age < 0.8, cast(200 + 4_000 * r.c.luck, BigInteger)), else_=null()),
        "credits": case((is_download, 0), else_=1 + cast(r.c.model * 2, Integer)),
        "duration_ms": case((is_download, null()), else_=func.exp(6 + 3 * r.c.age * r.c.model)),
        "ok": ~failed,
        "kind": case((is_download, "download"), else_="run"),
        "version": func.concat("1.", version, ".0"),
        "model": case((is_download, ""), else_=_one_of(MODELS, model)),
        "error_type": case((failed, _one_of(ERRORS, r.c.n)), else_=""),
        "platform": _one_of(PLATFORMS, person),
        "country": _one_of(COUNTRIES, person // 3),
        "installer": case((is_download, _one_of(INSTALLERS, person // 7)), else_=""),
        "audience": case((is_download, _one_of(AUDIENCES, r.c.n // 11)), else_="person"),
    }
    conn.execute(insert(runs).from_select(list(values), select(*values.values()).select_from(r)))


def _batch(project_id: int, start: int) -> ColumnElement[bool]:
    return (runs.c.project_id == project_id) & (runs.c.batch_id == start // STEP)


def _rate(conn: Connection, project_id: int, ids: list[int]) -> None:
    r = _random(0, RATINGS)
    person, day = cast(PEOPLE * func.power(r.c.who, 1.5), BigInteger), 1 + r.c.when * 150
    values: dict[str, Any] = {
        "project_id": literal(project_id),
        "actor_key": _key(person),
        "package_id": _one_of(ids, cast(PACKAGES * r.c.what * r.c.what, BigInteger)),
        "kind": literal("rating"),
        "score": 5 - cast(4 * r.c.luck * r.c.luck, Integer),
        "app_version": literal("1.7.0"),
        "said_at": func.now() - func.make_interval(0, 0, 0, 0, 0, 0, day * 86_400),
    }
    chosen = select(*values.values()).select_from(r)
    conn.execute(insert(feedback).from_select(list(values), chosen))


def _random(start: int, rows: int = STEP) -> Subquery:
    """Rows numbered from `start`, with numbers between 0 and 1; one session in eleven downloads.

    What belongs to a session is the same in each of its rows; all but `luck` does.
    """
    names = ("who", "when", "what", "age", "model")
    first, last = start // A_SESSION, (start + rows) // A_SESSION
    each = _numbers(first, last)
    said = (func.random().label(name) for name in names)
    fetched = case((each % 11 == 0, 1), else_=0).label("fetched")
    sessions = select(each.label("n"), fetched, *said).subquery("sessions")
    again = func.generate_series(1, A_SESSION).table_valued("again")
    chosen = select(*sessions.c, func.random().label("luck"))
    return chosen.join_from(sessions, again, true()).subquery("r")


def _numbers(start: int, end: int) -> Any:
    """A row for each whole number from `start` to before `end`."""
    return func.generate_series(start, end - 1, type_=Integer()).column_valued("n")


def _key(person: Any) -> Any:
    return func.hashint8extended(cast(person, BigInteger), literal(SALT, BigInteger))


def _one_of(values: Sequence[Any], number: Any) -> Any:
    """SQL for one of the values, by a whole number."""
    return case(dict(enumerate(values)), value=cast(number % len(values), Integer))
