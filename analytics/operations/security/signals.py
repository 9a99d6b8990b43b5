"""What may be an attack as alerts look at it."""

from datetime import datetime

import pandas as pd
from sqlalchemy import BigInteger, Connection, cast, func, select

from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_security_hours

POINTS = {"at": "datetime64[us]", "value": "float64", "n": "float64"}


def security_counts(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    kind: str,
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """How often it happened in [start, end), in stretches of so many minutes (60 at least).

    Columns: at (datetime64[us], naive UTC: where a stretch begins), value and n (float64, both the
    number). Stretches without any are left out.
    """
    h = visible_security_hours(viewer, project_id).c
    at = func.date_bin(func.make_interval(0, 0, 0, 0, 0, minutes), h.hour, start)
    n = cast(func.sum(h.n), BigInteger).label("n")
    query = select(func.timezone("UTC", at).label("at"), n)
    query = query.where(h.kind == kind, h.hour >= start, h.hour < end)
    counted = read(conn, query.group_by("at").order_by("at"))
    return counted.assign(value=counted["n"])[list(POINTS)].astype(POINTS)
