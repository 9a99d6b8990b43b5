"""Published blocks as a test writes them: each day of a package is one, with nothing merged.

What a test asks of these it counts from the same rows, in plain Python.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql

from db.tables import packages, projects, published_blocks, published_cells, published_people


@dataclass(frozen=True)
class Ran:
    """One run by somebody."""

    who: int
    day: date
    version: str = "1.0.0"
    model: str = "m1"
    ok: bool = True
    duration: float | None = None
    tokens: int | None = None
    error_type: str = ""
    country: str = ""
    platform: str = ""


@dataclass(frozen=True)
class Fetched:
    """One download by somebody."""

    who: int
    day: date
    audience: str = "person"
    version: str = "1.0.0"
    platform: str = "linux"
    installer: str = "pip"


@dataclass(frozen=True)
class Rated:
    """One rating by somebody."""

    who: int
    day: date
    score: int
    version: str = "1.0.0"


# The stream of each kind of row, and its cuts: the columns whose values are the keys of cells.
STREAMS = {
    Ran: ("runs", (), ("version", "model"), ("error_type",), ("country",), ("platform",)),
    Fetched: (
        "downloads",
        (),
        ("audience",),
        ("audience", "version"),
        ("audience", "platform"),
        ("audience", "installer"),
    ),
    Rated: ("ratings", (), ("version",)),
}


def make_package(conn, project, name="code-reviewer", *, public=True, **more):
    """A package of the project; its row."""
    values = {"project_id": project.id, "name": name, "is_public": public, **more}
    return conn.execute(insert(packages).values(values).returning(packages)).one()


def publish_until(conn, project, day):
    """Say that all days up to this one are published."""
    mine = update(projects).where(projects.c.id == project.id)
    conn.execute(mine.values(published_until=day))


def publish_days(conn, package, rows, *, spans=()):
    """Make the blocks of these rows: of each day one, but one of all days of a span."""
    for kind in STREAMS:
        days = defaultdict(list)
        for row in rows:
            if isinstance(row, kind):
                days[span_of(row.day, spans)].append(row)
        if days:
            _publish(conn, package, kind, dict(sorted(days.items())))


def span_of(day: date, spans: Iterable[tuple[date, date]]) -> tuple[date, date]:
    """The days that a day is published with."""
    return next((span for span in spans if span[0] <= day <= span[1]), (day, day))


def _publish(conn, package, kind, days):
    """The blocks of one stream, by their first and last day; all at once, since tests are many."""
    stream, *cuts = STREAMS[kind]
    place = {"project_id": package.project_id, "owner": "package", "owner_id": package.id}
    place |= {"stream": stream}
    blocks = [(span, cut) for span in days for cut in cuts]
    made = insert(published_blocks).returning(published_blocks.c.id, sort_by_parameter_order=True)
    dated = [
        place | {"first_day": first, "last_day": last, "cut": ",".join(cut)}
        for (first, last), cut in blocks
    ]
    ids = conn.execute(made, dated).scalars()
    told = [
        {"block_id": block_id, "cut": ",".join(cut), **cell}
        for block_id, (span, cut) in zip(ids, blocks, strict=True)
        for cell in _cells(kind, cut, days[span])
    ]
    conn.execute(insert(published_cells), told)
    _meet(conn, place, {row.who: first for (first, _), met in days.items() for row in met})


def _cells(kind, cut, happened):
    cells = defaultdict(list)
    for row in happened:
        cells[tuple(getattr(row, name) for name in cut)].append(row)
    for keys, rows in cells.items():
        people = len({row.who for row in rows})
        yield {"keys": list(keys), "people": people, **_sums(kind, rows)}


def _sums(kind, rows):
    n = {"n": len(rows)}
    if kind is Rated:
        scores = [row.score for row in rows]
        return n | {"score_sum": sum(scores), "good": sum(score >= 4 for score in scores)}
    if kind is Fetched:
        return n
    durations = [row.duration for row in rows if row.duration is not None]
    tokens = [row.tokens for row in rows if row.tokens is not None]
    return n | {
        "failures": sum(not row.ok for row in rows),
        "timed": len(durations),
        "duration_sum": sum(durations),
        "metered": len(tokens),
        "tokens": sum(tokens),
    }


def _meet(conn, place, last):
    """Note when the last block began that each of these people is in."""
    adding = postgresql.insert(published_people)
    latest = adding.on_conflict_do_update(
        constraint=published_people.primary_key, set_={"last_start": adding.excluded.last_start}
    )
    about = place | {"cut": "", "key": ""}
    conn.execute(
        latest, [about | {"actor_key": who, "last_start": day} for who, day in last.items()]
    )
