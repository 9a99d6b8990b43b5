"""Support by topic, channel or priority."""

from typing import Any, Literal

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, func, select

from analytics.filters import NOT_SET, Filters
from analytics.measures.cutting import ratio, read
from analytics.operations.support.counting import COUNTED, counted_sql
from analytics.periods import whole
from analytics.scope import Viewer, visible_tickets

By = Literal["topic", "channel", "priority"]
BY_LABEL = {"label": "str", **COUNTED, "csat": "float64", "before": "int64", "change": "float64"}


def support_by(conn: Connection, viewer: Viewer, filters: Filters, by: By) -> pd.DataFrame:
    """What happened to the tickets of each topic, channel or priority, the most frequent first.

    Columns: label (str), those of COUNTED, csat (float64, NaN without ratings), before (int64:
    opened in as many whole days before), change (float64 of the days that are over against those;
    NaN where there was nothing before).
    """
    frame = read(conn, support_by_sql(viewer, filters, by)).rename(columns={"key": "label"})
    now, before = _compared(conn, viewer, filters, by)
    frame = frame.astype(COUNTED)
    earlier = frame["label"].map(before).fillna(0)
    over = np.asarray(frame["label"].map(now).fillna(0), np.float64)
    content, rated = (np.asarray(frame[name], np.float64) for name in ("content", "rated"))
    return frame.assign(
        csat=ratio(content, rated),
        before=earlier,
        change=ratio(over, np.asarray(earlier, np.float64)) - 1,
        label=frame["label"].replace("", NOT_SET),
    )[list(BY_LABEL)].astype(BY_LABEL)


def support_by_sql(viewer: Viewer, filters: Filters, by: By) -> Select[Any]:
    """The statement behind `support_by`, but for the time before."""
    query = counted_sql(viewer, filters, lambda _, ticket: ticket[by])
    return query.order_by(query.selected_columns.opened.desc(), "key")


def _compared(
    conn: Connection, viewer: Viewer, filters: Filters, by: By
) -> tuple[dict[str, int], dict[str, int]]:
    """How many were opened in the days that are over, and in as many before, by label."""
    over = filters.whole_days()
    if over is None:
        return {}, {}
    rows = conn.execute(_opened_sql(viewer, over, by)).all()
    return {row.key: row.over for row in rows}, {row.key: row.before for row in rows}


def _opened_sql(viewer: Viewer, over: Filters, by: By) -> Select[Any]:
    """key, and how many were opened in these days (over) and in as many before (before)."""
    t = visible_tickets(viewer, over.project_id).c
    now, earlier = whole(over), whole(over.previous())
    counts = [
        func.count().filter(t.opened_at >= span.start, t.opened_at < span.end).label(name)
        for name, span in (("over", now), ("before", earlier))
    ]
    query = select(t[by].label("key"), *counts).group_by(t[by])
    return query.where(t.opened_at >= earlier.start, t.opened_at < now.end)
