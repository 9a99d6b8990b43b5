"""Populations by chance: who ran what for whom, when it arrived, and what is published of it."""

import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, Row, insert, select

from analytics.community.suppression import Share
from db.access import Project
from db.partitions import ensure_months
from db.tables import organisation_members, organisations, packages, published_blocks, runs
from jobs.publishing import feed, publish

FIRST = date(2026, 3, 2)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ran:
    """A run: days are counted from the first, and it arrives on the day `came`."""

    who: int
    day: int
    came: int
    package: int
    organisation: int  # 0 is none
    team: str
    version: str
    model: str
    country: str
    ok: bool
    duration: float | None
    tokens: int | None


@dataclass(frozen=True)
class Chance:
    """How a population is drawn: the second version is there from `released` on."""

    seed: int
    people: int
    runs: int
    days: int
    organisations: int
    released: int
    late: float = 0.0
    listed: float = 0.0
    agreeing: int = 1_000  # people from the first on, of whom those who are listed are
    told: float = 0.0  # of runs, with a duration or with tokens
    failing: float = 0.0


def drawn(how: Chance) -> list[Ran]:
    """Runs by chance; most people run for one organisation or none, a few for two."""
    chance = random.Random(how.seed)
    places = [_place(chance, how) for _ in range(how.people)]
    return sorted(
        (_run(chance, how, places) for _ in range(how.runs)), key=lambda ran: (ran.came, ran.day)
    )


def _place(chance: random.Random, how: Chance) -> tuple[list[int], str]:
    organisation = chance.randrange(how.organisations + 1)
    second = organisation if chance.random() < 0.9 else chance.randrange(how.organisations + 1)
    return [organisation, second], chance.choice("AAB")


def _run(chance: random.Random, how: Chance, places: list[tuple[list[int], str]]) -> Ran:
    who, day = chance.randrange(how.people), chance.randrange(how.days)
    organisation = chance.choice(places[who][0])
    lag = chance.randint(1, 3) if chance.random() < how.late else 0
    newer = day >= how.released and chance.random() < 0.5
    return Ran(
        who + 1,
        day,
        day + lag,
        chance.choice((0, 0, 1)),
        organisation,
        places[who][1] if organisation else "",
        "2" if newer else "1",
        chance.choice("aab"),
        chance.choice(("DE", "DE", "FR")),
        chance.random() >= how.failing,
        float(chance.randint(1, 99)) if chance.random() < how.told else None,
        chance.randint(1, 99) if chance.random() < how.told else None,
    )


@dataclass(frozen=True)
class Places:
    """The ids of what people run, and run for, in the order of their numbers."""

    packages: list[int]
    organisations: list[int]
    listed: frozenset[tuple[int, int]]  # organisation's number and person


def settle(conn: Connection, project: Project, how: Chance, ran: list[Ran]) -> Places:
    """Make packages and organisations, of whose members some agree to be listed."""
    chance = random.Random(how.seed)
    named = [{"project_id": project.id, "name": f"p{n}", "is_public": True} for n in range(2)]
    ids = conn.execute(insert(packages).returning(packages.c.id), named).scalars().all()
    rows = [
        {"project_id": project.id, "name": f"o{n}", "seats": 9, "leaderboard": True}
        for n in range(how.organisations)
    ]
    add = insert(organisations).returning(organisations.c.id)
    heads = conn.execute(add, rows).scalars().all() if rows else []
    members = sorted({(each.organisation, each.who, each.team) for each in ran if each.team})
    listed = frozenset(
        each[:2] for each in members if each[1] <= how.agreeing and chance.random() < how.listed
    )
    for number, who, team in members:
        values = {"organisation_id": heads[number - 1], "actor_key": who, "team": team}
        values |= {"project_id": project.id, "username": f"u{who}", "role": "member"}
        values["listed"] = (number, who) in listed
        conn.execute(insert(organisation_members).values(values))
    return Places(list(ids), list(heads), listed)


def store(conn: Connection, project: Project, places: Places, ran: list[Ran]) -> None:
    """Store what arrives at once, and feed what waits with it."""
    ensure_months(conn, [FIRST, FIRST + 40 * DAY])
    rows = [_row(project, places, each) for each in ran]
    if rows:
        conn.execute(insert(runs), rows)
        feed(conn, runs.c.run_id.in_([row["run_id"] for row in rows]))


def _row(project: Project, places: Places, ran: Ran) -> dict[str, object]:
    at = datetime.combine(FIRST + ran.day * DAY, time(12), UTC)
    return {
        "project_id": project.id,
        "actor_key": ran.who,
        "run_id": uuid.uuid4(),
        "occurred_at": at,
        "batch_id": 1,
        "package_id": places.packages[ran.package],
        "organisation_id": places.organisations[ran.organisation - 1] if ran.organisation else 0,
        "team": ran.team,
        "version": ran.version,
        "model": ran.model,
        "country": ran.country,
        "platform": "linux",
        "kind": "run",
        "credits": 1,
        "tokens": ran.tokens,
        "duration_ms": ran.duration,
        "ok": ran.ok,
        "error_type": "" if ran.ok else "Timeout",
    }


def shares(ran: Iterable[Ran], places: Places) -> list[Share]:
    """The runs as shares of one."""
    return [
        Share(
            day=FIRST + each.day * DAY,
            actor_key=each.who,
            organisation_id=each.organisation,
            package=str(places.packages[each.package]),
            version=each.version,
            model=each.model,
            team=each.team,
            error_type="" if each.ok else "Timeout",
            platform="linux",
            country=each.country,
            installer="",
            audience="person",
            n=1,
            failures=int(not each.ok),
            timed=0,
            metered=0,
            tokens=0,
            credits=1,
            score_sum=0,
            good=0,
            duration_sum=0.0,
        )
        for each in ran
    ]


def morning(day: int) -> datetime:
    """When the day before is published."""
    return datetime.combine(FIRST + day * DAY, time(3), UTC)


def mornings(
    conn: Connection, project: Project, places: Places, ran: list[Ran], last: int
) -> Iterator[tuple[int, list[Ran]]]:
    """Publish each morning what has arrived; the morning, and what arrived for it."""
    for day in range(1, last + 1):
        arrived = [each for each in ran if each.came == day - 1]
        store(conn, project, places, arrived)
        publish(conn, morning(day))
        yield day, arrived


def all_blocks(conn: Connection, project: Project) -> list[Row[tuple[object, ...]]]:
    """The rows of all blocks, in order."""
    b = published_blocks.c
    ours = select(published_blocks).where(b.project_id == project.id).order_by(b.id)
    return list(conn.execute(ours).all())
