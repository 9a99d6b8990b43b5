"""The digests of earlier weeks, as they were made; without quotes, which stay with their people."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Text, cast, select

from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_digests

WEEKS = 52
ARCHIVE = {"week": "str", "markdown": "str"}


def archive(conn: Connection, viewer: Viewer, project_id: int) -> pd.DataFrame:
    """One row a week, the latest first: week (str, its Monday in ISO 8601) and markdown (str)."""
    return read(conn, archive_sql(viewer, project_id)).astype(ARCHIVE)


def archive_sql(viewer: Viewer, project_id: int) -> Select[Any]:
    """The rows of `archive`, in its columns and order."""
    d = visible_digests(viewer, project_id)
    query: Select[Any] = select(cast(d.c.week, Text).label("week"), d.c.markdown)
    return query.order_by(d.c.week.desc()).limit(WEEKS)
