"""The packages whose use grows, surest first."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import islice
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Row, and_, cast, func, select

from analytics.community import breakdowns, intervals
from analytics.community.packages import WEEK, Package, growth, packages_sql
from analytics.community.published import Published, people, rounded, window
from analytics.scope import Viewer, visible_package_totals

TRENDING = {
    "package_id": "int64",
    "uid": "object",
    "name": "str",
    "summary": "str",
    "runs": "int64",
    "before": "int64",
    "growth": "float64",
    "people": "int64",
}
LOOKED_AT = 3  # candidates for each place: some have weeks that can't be told apart
EVEN = 0.5  # the share of two weeks' runs that the last one has where nothing changes


def trending(conn: Connection, viewer: Viewer, limit: int = 10) -> pd.DataFrame:
    """The packages with more runs in the last seven whole days than in the seven before.

    Columns: package_id (int64), uid (UUID), name, summary (str), runs, before (int64), growth
    (float64: 0.28 is 28 % more), people (int64: of the last seven days, rounded down). Only those
    that grew beyond chance, and not by the runs of a few: of the days of all people who ran it in
    the two weeks, Wilson's lower bound of the share of the last week is over a half. The order is
    by that bound, so that 3 after 1 come behind 3,000 after 2,000.
    """
    candidates = sorted(_weeks(conn, viewer), key=_surely, reverse=True)
    grown = [row for row in candidates if _surely(row) > EVEN][: limit * LOOKED_AT]
    rows = islice(_told(conn, viewer, grown), limit)
    return breakdowns.frame(rows, TRENDING)


def _told(conn: Connection, viewer: Viewer, rows: list[Row[Any]]) -> Iterator[dict[str, object]]:
    """Those whose growth can be told, as rows of the answer."""
    for row in rows:
        package = Package(*row[: len(fields(Package))])
        found, week = growth(conn, viewer, package), window(package.published_until, WEEK)
        if found is None or week is None or found.change <= 0:
            continue
        of = Published("package", package.id)
        yield {
            "package_id": package.id,
            "uid": package.uid,
            "name": package.name,
            "summary": package.summary,
            "runs": found.now,
            "before": found.before,
            "growth": found.change,
            "people": rounded(people(conn, viewer, of, week.start).get("", 0)),
        }


def _surely(row: Row[Any]) -> float:
    """At least what share of the days of people in two weeks the last one has."""
    found = intervals.share(row.now, row.now + row.before)
    return found.low if found else 0.0


def _weeks(conn: Connection, viewer: Viewer) -> list[Row[Any]]:
    """Each package with the days of its people `now` and `before`, of the blocks in these weeks.

    Of a block of several days nobody knows who ran on which: so one day of each person counts now,
    and all that there can have been before.
    """
    p, t = packages_sql(viewer).subquery("p"), visible_package_totals(viewer)
    last = p.c.published_until
    now = t.c.first_day > last - WEEK
    before = and_(t.c.first_day > last - 2 * WEEK, t.c.last_day <= last - WEEK)
    most = func.least(t.c.people * (t.c.last_day - t.c.first_day + 1), t.c.n)
    query = (
        select(p, _added(t.c.people, now).label("now"), _added(most, before).label("before"))
        .join(t, t.c.owner_id == p.c.id)
        .where(t.c.first_day > last - 2 * WEEK)
        .group_by(*p.c)
    )
    return list(conn.execute(query))


def _added(n: ColumnElement[int], when: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(n).filter(when), 0), BigInteger)
