"""Which errors are new and which came back, over time."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Select, cast, func, literal, select, union_all

from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_error_groups

FOUND = {"at": "datetime64[us]", "new": "int64", "regressed": "int64"}


def found_counts(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """Errors that were first seen and that came back, by stretches of so many minutes.

    Columns: at (datetime64[us], UTC without a zone: when the stretch begins, counted from `start`),
    new, regressed (int64). Stretches without any are left out. An error that came back twice counts
    for the last time.
    """
    return read(conn, found_sql(viewer, project_id, start, end, minutes)).astype(FOUND)


def found_sql(
    viewer: Viewer, project_id: int, start: datetime, end: datetime, minutes: int
) -> Select[Any]:
    """The rows of `found_counts`."""
    g = visible_error_groups(viewer, project_id).c
    first = select(g.first_seen.label("moment"), literal(1).label("new"), literal(0).label("again"))
    again = select(g.regressed_at, literal(0), literal(1))
    both = union_all(first, again).subquery("both").c
    stretch = func.date_bin(timedelta(minutes=minutes), both.moment, start)
    at = func.timezone("UTC", stretch).label("at")
    sums = [
        cast(func.sum(column), BigInteger).label(name)
        for name, column in (("new", both.new), ("regressed", both.again))
    ]
    inside = both.moment >= start, both.moment < end
    return select(at, *sums).where(*inside).group_by(at).order_by(at)
