"""Subscriptions that MRR does not hold whole, since a part of their price is not known."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from analytics.scope import Viewer, visible_customer_unpriced


def unpriced(conn: Connection, viewer: Viewer, project_id: int) -> int:
    """How many go on now, in all currencies; 0 for who may not see them."""
    return int(conn.execute(unpriced_sql(viewer, project_id)).scalar_one_or_none() or 0)


def unpriced_sql(viewer: Viewer, project_id: int) -> Select[Any]:
    """One row: subscriptions (int64); no row where there are none."""
    rows = visible_customer_unpriced(viewer, project_id)
    count = func.count()
    return select(count.label("subscriptions")).select_from(rows).having(count > 0)
