"""What the rollups hold of a log of plain Python: the different keys of each day, as arrays."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from analytics.filters import Filters
from analytics.measures.packs import Keys
from db.access import Project, create_project
from tests.analytics.product.loops import Asked, Done, matches, random_question
from tests.written import add_events

CELLS = {"ios": 3, "web": 7}
ORDER = list(enumerate(CELLS))  # in which cells are stored: ids go by the alphabet


def filters_of(asked, project_id=1, what=(None, None)):
    """The filters that ask the same, of these events only."""
    return Filters(
        project_id,
        asked.zone,
        "opt-out",
        asked.start,
        asked.end,
        asked.now,
        grain=asked.grain,
        compare=False,
        platform=asked.platforms,
        event=what[0] or "",
        subject=what[1],
    )


def keys_of(log, asked, start, end, what=(None, None), platforms=()):
    """Who did it on which day of [start, end), counted from `start`."""
    rows = {
        ((asked.day(done) - start).days, done.who, CELLS[done.platform])
        for done in log
        if matches(done, what)
        and start <= asked.day(done) < end
        and (not platforms or done.platform in platforms)
    }
    return keys(sorted(rows, key=lambda row: (row[1] * 7 % 5, row)))


def firsts_of(log, asked, start, end, platforms=()):
    """The first event ever of everybody, where it is in [start, end) and of these platforms."""
    first = {}
    for done in sorted(log, key=lambda done: (done.at, CELLS[done.platform])):
        first.setdefault(done.who, done)
    return keys_of(list(first.values()), asked, start, end, platforms=platforms)


def keys(rows):
    """Rows of day, key and cell as columns."""
    day, key, cell = (np.array([row[n] for row in rows]) for n in range(3))
    return Keys(
        day.astype(np.int32), key.astype(np.int64), cell.astype(np.int32), np.empty(0, np.int32)
    )


@dataclass(frozen=True)
class Stored:
    """A random log in the database, with the question about it."""

    project: Project
    log: list
    asked: Asked


def store(conn, seed, zone):
    """Store a random log in two batches, of which the second may have happened first."""
    log, asked = random_question(seed, zone)
    name = f"{zone} {seed}"
    project = create_project(conn, name, consent="opt-out", timezone=zone, retention_months=None)
    early = [Done(99, datetime(2025, 1, 1, n, tzinfo=UTC), "early", "", p) for n, p in ORDER]
    half = len(log) // 2
    for part in (early, log[half:], log[:half]):
        if part:
            add_events(conn, project, *(done.line for done in part))
    return Stored(project, [*early, *log], asked)
