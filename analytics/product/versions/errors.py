"""Errors by version and platform: whether a version fails more than others on its platform.

A version is held against all other versions of the same platform. How sure the difference is, is
the z of two proportions with a pooled variance (NIST/SEMATECH e-Handbook, 7.3.3). Failures of one
person come together, so that a z is only taken seriously from `SURE` on.
"""

from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Double, Select, cast, func, select

from analytics.filters import Filters
from analytics.measures.cutting import or_not_set, read
from analytics.scope import Viewer, visible_actor_days, visible_cell_days, visible_cells, within

SURE = 5.0
TIMES = 1.5  # from which on a version is said to fail more
ERRORS = {
    "version": "str",
    "platform": "str",
    "events": "int64",
    "failures": "int64",
    "error_rate": "float64",
    "others": "float64",
    "times": "float64",
    "z": "float64",
    "regressed": "bool",
}


def version_errors(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a version and platform, what regressed first, then what fails most.

    Columns: version, platform (str), events, failures (int64), error_rate (float64), others
    (float64: the error rate of the other versions of that platform; NaN where there is none), times
    (float64: one by the other), z (float64), regressed (bool: `TIMES` as often, and sure of it).
    """
    rows = read(conn, version_errors_sql(viewer, filters))
    return rows.astype(ERRORS)


def version_errors_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `version_errors`, in its columns."""
    viewer = within(viewer, "product")
    filters = replace(filters, event="", subject=None, grain="day")
    door = visible_cell_days if filters.segment is None else visible_actor_days
    d, c = door(viewer, filters), visible_cells(viewer, filters.project_id)
    groups = [
        or_not_set(c.c[name]).label(label)
        for name, label in (("app_version", "version"), ("platform", "platform"))
    ]
    sums = [
        func.sum(d.c[one]).cast(BigInteger).label(label)
        for one, label in (("n", "events"), ("failures", "failures"))
    ]
    counted = select(*groups, *sums).join(c, c.c.id == d.c.cell_id).group_by(*groups).cte("counted")
    n, failed = counted.c.events, counted.c.failures
    rest, rest_failed = (_of_others(one, counted.c.platform) for one in (n, failed))
    rate, others = _share(failed, n), _share(rest_failed, rest)
    pooled = _share(failed + rest_failed, n + rest)
    spread = func.sqrt(pooled * (1 - pooled) * (1.0 / n + 1.0 / func.nullif(rest, 0)))
    times = rate / func.nullif(others, 0)
    z = cast((rate - others) / func.nullif(spread, 0), Double)
    regressed = func.coalesce((times >= TIMES) & (z >= SURE), False)
    query: Select[Any] = select(
        counted,
        rate.label("error_rate"),
        others.label("others"),
        times.label("times"),
        z.label("z"),
        regressed.label("regressed"),
    )
    return query.order_by(
        regressed.desc(), times.desc().nulls_last(), n.desc(), counted.c.version, counted.c.platform
    )


def _of_others(count: ColumnElement[int], platform: ColumnElement[str]) -> ColumnElement[int]:
    """SQL for the count of all other versions of the platform."""
    return cast(func.sum(count).over(partition_by=platform) - count, BigInteger)


def _share(part: ColumnElement[int], whole: ColumnElement[int]) -> ColumnElement[Any]:
    return cast(part, Double) / func.nullif(whole, 0)
