"""Who uses a package: from where, on what, with which errors, and what else they use."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Subquery, and_, func, select

from analytics.community.author.own import authored
from analytics.community.breakdowns import figures, frame
from analytics.community.published import OTHER, rounded
from analytics.community.sums import Sums
from analytics.community.suppression import K
from analytics.scope import Viewer, visible_packages, visible_published_people

PLACES = {
    "value": "str",
    "runs": "int64",
    "share": "float64",
    "success": "float64",
    "low": "float64",
    "high": "float64",
    "duration_ms": "float64",
    "tokens": "float64",
}
ERRORS = {"error_type": "str", "failures": "int64", "share": "float64", "of_runs": "float64"}
ALSO = {"package_id": "int64", "uid": "object", "name": "str", "people": "int64"}


def places(cells: Mapping[str, Sums], effect: float = 1.0) -> pd.DataFrame:
    """One row a country or platform, most runs first, "other" last.

    Columns: value (str; "" where runs did not tell, "other" what could not be shown apart), runs
    (int64), share (float64, of all runs), success, low, high (float64, 0 to 1, with Wilson's 95 %
    interval, of an `intervals.design_effect`), duration_ms, tokens (float64, means; NaN where no
    run told).
    """
    every = sum(sums.n for sums in cells.values())
    rows = (
        {"value": value, "share": sums.n / every, **figures(sums, effect)}
        for value, sums in sorted(cells.items(), key=lambda cell: (cell[0] == OTHER, -cell[1].n))
    )
    return frame(rows, PLACES)


def errors(cells: Mapping[str, Sums]) -> pd.DataFrame:
    """One row an error type, the most frequent first, "other" last.

    Columns: error_type (str), failures (int64), share (float64, of all failures), of_runs (float64,
    of all runs).
    """
    runs = sum(sums.n for sums in cells.values())
    failed = {error: sums.failures for error, sums in cells.items() if sums.failures}
    rows = (
        {
            "error_type": error,
            "failures": count,
            "share": count / sum(failed.values()),
            "of_runs": count / runs,
        }
        for error, count in sorted(failed.items(), key=lambda one: (one[0] == OTHER, -one[1]))
    )
    return frame(rows, ERRORS)


def also_used(conn: Connection, viewer: Viewer, package_id: int, days: int) -> pd.DataFrame:
    """Other packages that people of one of the viewer's ran, those with most in common first.

    Columns: package_id (int64), uid (UUID), name (str), people (int64: who ran both in the last
    `days` days, rounded down to a multiple of 5). Only packages that the viewer may see, and with 5
    people or more.
    """
    rows = conn.execute(also_used_sql(viewer, package_id, days)).mappings()
    return frame(({**row, "people": rounded(row["people"])} for row in rows), ALSO)


def also_used_sql(viewer: Viewer, package_id: int, days: int) -> Select[Any]:
    """A row a package: how many of those whom blocks of both packages count."""
    own, p = authored(viewer), visible_packages(viewer)
    ours, theirs = (_people(viewer, name) for name in ("ours", "theirs"))
    same = and_(theirs.c.project_id == ours.c.project_id, theirs.c.actor_key == ours.c.actor_key)
    people = func.count().label("people")
    start = own.c.published_until - (days - 1)
    return (
        select(p.c.id.label("package_id"), p.c.uid, p.c.name, people)
        .select_from(own)
        .join(ours, and_(ours.c.owner_id == own.c.id, ours.c.last_start >= start))
        .join(theirs, and_(same, theirs.c.owner_id != own.c.id, theirs.c.last_start >= start))
        .join(p, p.c.id == theirs.c.owner_id)
        .where(own.c.id == package_id)
        .group_by(p.c.id, p.c.uid, p.c.name)
        .having(people >= K)
        .order_by(people.desc(), p.c.name)
    )


def _people(viewer: Viewer, name: str) -> Subquery:
    """Whom the blocks of runs of packages count, each once a package."""
    p = visible_published_people(viewer, "package")
    whole = (p.c.stream == "runs") & (p.c.cut == "") & (p.c.key == "")
    return select(p).where(whole).subquery(name)
