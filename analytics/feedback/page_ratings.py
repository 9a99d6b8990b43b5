"""What colleagues say of the pages of the dashboard itself."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Double, Select, Text, case, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from analytics.feedback.answers import wilson
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_page_ratings

OPINIONS = {
    "page": "str",
    "helpful": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int64",
    "latest": "str",
}


def page_opinions(conn: Connection, viewer: Viewer, project_id: int) -> pd.DataFrame:
    """One row a page that was rated, the least helpful first.

    Columns: page (str: its path), helpful (float64: the share of yes), low and high (float64:
    Wilson's 95 % interval), n (int64: colleagues), latest (str: the last comment, text only). The
    order is that of the upper ends of the intervals, so that a single no is no last place.
    """
    return read(conn, page_opinions_sql(viewer, project_id)).astype(OPINIONS)


def page_opinions_sql(viewer: Viewer, project_id: int) -> Select[Any]:
    """The rows of `page_opinions`, in its columns and order."""
    r = visible_page_ratings(viewer, project_id)
    said = aggregate_order_by(r.c.comment, r.c.said_at.desc(), r.c.person_id)
    written = func.array_agg(said).filter(r.c.comment != "")
    share = cast(func.avg(case((r.c.helpful, 1.0), else_=0.0)), Double)
    o = (
        select(
            r.c.page,
            share.label("helpful"),
            func.count().label("n"),
            func.coalesce(cast(func.array_to_string(written, "\n"), Text), "").label("written"),
        )
        .group_by(r.c.page)
        .subquery("opinions")
    )
    middle, half = wilson(cast(o.c.n, Double), o.c.helpful)
    high = middle + half
    query: Select[Any] = select(
        o.c.page,
        o.c.helpful,
        (middle - half).label("low"),
        high.label("high"),
        o.c.n,
        func.split_part(o.c.written, "\n", 1).label("latest"),
    )
    return query.order_by(high, o.c.n.desc(), o.c.page.collate("C"))
