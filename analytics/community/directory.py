"""The packages that may be looked up, those that are run most first."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, and_, func, select

from analytics.community.breakdowns import frame
from analytics.scope import Viewer, visible_package_totals, visible_packages
from db.tables import projects

DAYS = 30
COLUMNS = {"uid": "object", "name": "str", "summary": "str", "runs": "int64"}


def directory(conn: Connection, viewer: Viewer, limit: int = 100) -> pd.DataFrame:
    """The packages that the viewer may see, up to `limit` of them.

    Columns: uid (UUID), name, summary (str), runs (int64, of the last 30 published days).
    """
    rows = conn.execute(directory_sql(viewer, limit)).mappings()
    return frame((dict(row) for row in rows), COLUMNS)


def directory_sql(viewer: Viewer, limit: int = 100) -> Select[Any]:
    """A row a package, the most runs first."""
    p, t = visible_packages(viewer), visible_package_totals(viewer)
    inside = and_(t.c.owner_id == p.c.id, t.c.first_day > projects.c.published_until - DAYS)
    runs = func.coalesce(func.sum(t.c.n), 0).label("runs")
    query = select(p.c.uid, p.c.name, p.c.summary, runs)
    query = query.join(projects, projects.c.id == p.c.project_id).outerjoin(t, inside)
    query = query.group_by(p.c.id, p.c.uid, p.c.name, p.c.summary)
    return query.order_by(runs.desc(), p.c.name, p.c.id).limit(limit)
