"""What is published of an author's packages, read once, for every window of so many days or fewer.

Windows end with the last published day, so that the sums of each are those of all blocks that begin
on some day or later.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, Integer, Row, Select, and_, bindparam, func, select, tuple_

from analytics.community.author.own import (
    OwnPackage,
    authored,
    days_of,
    own_packages,
    released,
)
from analytics.community.author.parts import BY_MODEL, ERROR_DAYS, Slice
from analytics.community.author.releases import Time, times
from analytics.community.downloads import AUDIENCE, PERSON
from analytics.community.packages import WEEK
from analytics.community.published import OTHER, Cut, rounded, window
from analytics.community.sums import NUMBERS
from analytics.community.trails import Numbers, Trail, together, trail, trails
from analytics.scope import Viewer, visible_authored_cells, visible_published_people
from analytics.scope.building import built_once

RUNS, RATINGS, DOWNLOADS = ("runs", ""), ("ratings", ""), ("downloads", AUDIENCE)
VERSIONS, ERRORS, RATED = ("runs", BY_MODEL), ("runs", "error_type"), ("ratings", "version")
CUTS = (RUNS, RATINGS, DOWNLOADS, VERSIONS, ERRORS, RATED)
DAYS = bindparam("days", type_=Integer)
FIRST_NUMBER = 7  # the place of the first sum in a row of a cell
Rows = list[Row[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """One of the viewer's packages; the figures of `package` are of its last week.

    `people` are as many as have their last block on a day, as `n`; `slices` are by time and
    version, of all models together, and `times` the same without what is published as "other".
    """

    package: OwnPackage
    runs: Trail
    ratings: Trail
    downloads: Trail
    people: Trail
    versions: Mapping[str, Trail]
    models: Mapping[str, Trail]
    errors: Mapping[str, Trail]
    rated: Mapping[str, Trail]
    slices: Sequence[Slice]
    times: Sequence[Time]
    released: Mapping[str, date]


def histories(conn: Connection, viewer: Viewer, days: int) -> list[History]:
    """What findings of `days` days or fewer are made of, for each of the viewer's packages."""
    asked = {"days": max(days, ERROR_DAYS)}
    cells: dict[int, dict[Cut, Rows]] = defaultdict(lambda: {each: [] for each in CUTS})
    for row in conn.execute(_cells_sql(viewer), asked).all():
        cells[row.id][row.stream, row.cut].append(row)
    people: dict[int, Rows] = defaultdict(list)
    for row in conn.execute(_people_sql(viewer), asked).all():
        people[row.id].append(row)
    moments = released(conn, viewer)
    return [
        _history(each, cells[each.id], people[each.id], days_of(each, moments.get(each.id, {})))
        for each in own_packages(conn, viewer, WEEK)
    ]


def package_in(history: History, days: int) -> OwnPackage:
    """The package with the figures of the last `days` days."""
    start = first_day(history, days)
    return replace(
        history.package,
        window=window(history.package.published_until, days),
        runs=history.runs.since(start),
        people=rounded(history.people.since(start).n),
        ratings=history.ratings.since(start),
        downloads=history.downloads.since(start).n or None,
    )


def first_day(history: History, days: int) -> date:
    """The first of the last `days` published days; the end of time before any is."""
    asked = window(history.package.published_until, days)
    return asked.start if asked else date.max


@built_once
def _cells_sql(viewer: Viewer) -> Select[Any]:
    """A row a cell of each block, of `CUTS`, in the order of their first days."""
    p, c = authored(viewer), visible_authored_cells(viewer)
    keys = (c.c["keys"][1].label("one"), c.c["keys"][2].label("two"))
    about = (p.c.id, c.c.stream, c.c.cut, *keys, c.c.first_day, c.c.last_day)
    query = select(*about, *(c.c[name] for name in NUMBERS)).join_from(p, c, c.c.owner_id == p.c.id)
    streams, names = zip(*CUTS, strict=True)  # told besides, for an index to find them by
    query = query.where(c.c.stream.in_(streams), c.c.cut.in_(names))
    within = c.c.first_day > p.c.published_until - DAYS
    query = query.where(tuple_(c.c.stream, c.c.cut).in_(CUTS), within).order_by(c.c.first_day)
    return query.execution_options(binary=True)


@built_once
def _people_sql(viewer: Viewer) -> Select[Any]:
    """A row a package and day: of how many people the last block that counts them begins then."""
    p, people = authored(viewer), visible_published_people(viewer, "package")
    day = people.c.last_start.label("first_day")
    query = select(p.c.id, day, func.count().label("n")).join(people, people.c.owner_id == p.c.id)
    whole = and_(people.c.stream == "runs", people.c.cut == "", people.c.key == "")
    within = people.c.last_start > p.c.published_until - DAYS
    return query.where(whole, within).group_by(p.c.id, day).order_by(day)


def _history(
    package: OwnPackage, cells: Mapping[Cut, Rows], people: Rows, released: Mapping[str, date]
) -> History:
    slices = _by_time(cells[VERSIONS])
    return History(
        package,
        runs=_trail(cells[RUNS]),
        ratings=_trail(cells[RATINGS]),
        downloads=_trail([each for each in cells[DOWNLOADS] if each.one == PERSON]),
        people=_counts(people),
        versions=_trails(cells[VERSIONS], [each.one for each in cells[VERSIONS]]),
        models=_trails(cells[VERSIONS], [each.two for each in cells[VERSIONS]]),
        errors=_trails(cells[ERRORS], [each.one for each in cells[ERRORS]]),
        rated=_trails(cells[RATED], [each.one for each in cells[RATED]]),
        slices=slices,
        times=times(each for each in slices if each.version != OTHER),
        released=released,
    )


def _by_time(cells: Rows) -> list[Slice]:
    """The runs of each version in each time, on all models together."""
    keys = [(each.first_day, each.last_day, each.one) for each in cells]
    found = together(keys, _numbers(cells))
    return [Slice(first, last, version, "", runs) for (first, last, version), runs in found.items()]


def _trail(rows: Rows) -> Trail:
    return trail([each.first_day for each in rows], _numbers(rows))


def _counts(people: Rows) -> Trail:
    numbers = np.zeros((len(people), len(NUMBERS)))
    numbers[:, 0] = [each.n for each in people]
    return trail([each.first_day for each in people], numbers)


def _trails(rows: Rows, keys: Sequence[str]) -> dict[str, Trail]:
    return trails(keys, [each.first_day for each in rows], _numbers(rows))


def _numbers(rows: Rows) -> Numbers:
    return np.array([each[FIRST_NUMBER:] for each in rows], float).reshape(-1, len(NUMBERS))
