"""Tickets as alerts look at them."""

from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, func, select

from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_tickets

POINTS = {"at": "datetime64[us]", "value": "float64", "n": "float64"}


def ticket_counts(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    start: datetime,
    end: datetime,
    minutes: int,
    topic: str = "",
    priority: str = "",
) -> pd.DataFrame:
    """Tickets opened in [start, end), in stretches of so many minutes.

    Columns: at (datetime64[us], naive UTC: where a stretch begins), value and n (float64, the
    number of tickets). Stretches without any are left out.
    """
    t = visible_tickets(viewer, project_id).c
    at = func.date_bin(func.make_interval(0, 0, 0, 0, 0, minutes), t.opened_at, start)
    query = select(func.timezone("UTC", at).label("at"), func.count().label("n"))
    query = query.where(t.opened_at >= start, t.opened_at < end)
    for column, wanted in ((t.topic, topic), (t.priority, priority)):
        if wanted:
            query = query.where(column == wanted)
    counted = read(conn, query.group_by("at").order_by("at"))
    return counted.assign(value=counted["n"])[list(POINTS)].astype(POINTS)
