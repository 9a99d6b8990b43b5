"""The versions in the order in which they appeared; of those of one day, the higher number last."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, func, select

from analytics.filters import EARLIEST, MAX_DAYS, Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_cell_days

RELEASES = {"version": "str", "first_seen": "datetime64[us]"}
DIGITS = 10  # to which numbers in a version are filled up, so that 2.9 comes before 2.10


def releases(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a version, the oldest first. Columns: version (str), first_seen (datetime64[us]).

    Counted are all days on record up to the end of the range, and all people: a filter on versions
    or a segment changes nothing, those on other dimensions keep what appeared there. Events without
    a version have none.
    """
    rows = read(conn, releases_sql(viewer, filters))
    rows["padded"] = [re.sub(r"\d+", lambda m: m[0].zfill(DIGITS), v) for v in rows["version"]]
    rows = rows.sort_values(["first_seen", "padded"], ignore_index=True)
    return rows[list(RELEASES)].astype(RELEASES)


def releases_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """version, and first_seen, the first day with one of its events."""
    start = max(EARLIEST, filters.end - timedelta(days=MAX_DAYS["day"]))
    record = replace(
        filters, start=start, grain="day", app_version=(), segment=None, event="", subject=None
    )
    d = visible_cell_days(viewer, record, "app_version")
    query = select(d.c.series.label("version"), func.min(d.c.day).label("first_seen"))
    return query.where(d.c.series != "").group_by(d.c.series)


def padded(version: ColumnElement[str]) -> ColumnElement[str]:
    """SQL for a version whose numbers are filled up, in the order of code points."""
    zeros = "0" * (DIGITS - 1)
    filled = func.regexp_replace(version, r"(\d+)", rf"{zeros}\1", "g")
    return func.regexp_replace(filled, rf"0*(\d{{{DIGITS}}})", r"\1", "g").collate("C")
