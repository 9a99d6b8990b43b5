"""Room: how full disks, memory and connections are, and when they will be full."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from analytics.measures.cutting import read
from analytics.operations.health.forecasting import outlook
from analytics.operations.health.metrics import GAUGES
from analytics.scope import Viewer, visible_gauges

FILLING = ("disk", "memory", "connections")  # shares, which end at 1
LOOK_BACK = timedelta(days=60)
FULL = 1.0
KEYS = ["name", "host", "subject"]
CAPACITY = {
    "name": "str",
    "host": "str",
    "subject": "str",
    "used": "float64",
    "per_day": "float64",
    "known": "bool",
    "days": "float64",
    "earliest": "float64",
    "latest": "float64",
}


def capacities(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> pd.DataFrame:
    """What fills up, and in how many days it is full; what is nearest to that comes first.

    Columns: name (str, the gauge's label), host, subject (str), used (float64, share: the highest
    of the last day), per_day (float64, share a day), known (bool: whether there are days enough to
    tell), days (float64, NaN where it is not in sight), earliest and latest (float64, days: the
    95 % interval; latest is NaN where its end is not in sight).
    """
    daily = read(conn, capacities_sql(viewer, project_id, now))
    rows = [_row(key, part) for key, part in daily.groupby(KEYS)]
    frame = pd.DataFrame(rows, columns=list(CAPACITY)).astype(CAPACITY)
    return frame.sort_values(["days", "used"], ascending=[True, False], ignore_index=True)


def capacities_sql(viewer: Viewer, project_id: int, now: datetime) -> Select[Any]:
    """The highest of each UTC day: name, host, subject, day and value."""
    g = visible_gauges(viewer, project_id).c
    day = func.date_trunc("day", g.at, "UTC")
    keys = (g.name, g.host, g.subject, day.label("day"))
    query = select(*keys, func.max(g.value).label("value")).where(g.name.in_(FILLING))
    query = query.where(g.at > now - LOOK_BACK, g.at <= now)
    return query.group_by(*keys[:3], day).order_by(*keys[:3], day)


def _row(key: Any, daily: pd.DataFrame) -> dict[str, Any]:
    days = (daily["day"] - daily["day"].iloc[0]).dt.total_seconds() / 86_400
    seen = outlook(days.tolist(), daily["value"].tolist(), FULL)
    told = {
        name: getattr(seen, name) for name in ("known", "per_day", "days", "earliest", "latest")
    }
    place = dict(zip(KEYS, key, strict=True)) | {"name": GAUGES[key[0]].label}
    return place | {"used": daily["value"].iloc[-1]} | told
