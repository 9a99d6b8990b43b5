"""The statements that keep the database busy longest, as pg_stat_statements counts them."""

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Select, Text, column, func, select, table, text

from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_statements

LISTED = 20
LONGEST = 400  # characters of a statement
FEWEST_CALLS = 2
# What reads and writes rows: the extension puts $1, $2 ... in the place of values there.
OF_ROWS = r"^\s*(select|insert|update|delete|with|merge)\y"
DATABASES = table("pg_database", column("oid", BigInteger), column("datname", Text))
AVAILABLE = text("SELECT to_regclass('pg_stat_statements') IS NOT NULL")
STATEMENTS = {
    "statement": "str",
    "calls": "int64",
    "mean_ms": "float64",
    "max_ms": "float64",
    "total_s": "float64",
    "share": "float64",
}


def slow_statements(conn: Connection, viewer: Viewer, project_id: int) -> pd.DataFrame | None:
    """The statements of this database that take longest on average; None where nothing counts them.

    Columns: statement (str, without any value), calls (int64), mean_ms and max_ms (float64, ms),
    total_s (float64, s), share (float64, of the time of all statements). Since the statistics were
    reset.
    """
    if not conn.execute(AVAILABLE).scalar_one():
        return None
    return read(conn, slow_statements_sql(viewer, project_id)).astype(STATEMENTS)


def slow_statements_sql(viewer: Viewer, project_id: int) -> Select[Any]:
    """The rows of `slow_statements`."""
    s = visible_statements(viewer, project_id).c
    here = select(DATABASES.c.oid).where(DATABASES.c.datname == func.current_database())
    share = s.total_exec_time / func.nullif(func.sum(s.total_exec_time).over(), 0)
    return (
        select(
            func.left(func.regexp_replace(s.query, r"\s+", " ", "g"), LONGEST).label("statement"),
            s.calls,
            s.mean_exec_time.label("mean_ms"),
            s.max_exec_time.label("max_ms"),
            (s.total_exec_time / 1000).label("total_s"),
            share.label("share"),
        )
        .where(
            s.dbid == here.scalar_subquery(),
            s.query.regexp_match(OF_ROWS, flags="i"),
            s.calls >= FEWEST_CALLS,
        )
        .order_by(s.mean_exec_time.desc())
        .limit(LISTED)
    )
