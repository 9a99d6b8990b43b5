"""The themes that a request can be linked to."""

import pandas as pd
from sqlalchemy import Connection, select

from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_themes, within

LINKABLE = {"id": "int64", "kind": "str", "name": "str"}


def linkable_themes(conn: Connection, viewer: Viewer, project_id: int) -> pd.DataFrame:
    """One row a theme of pain or of requests that was not merged, pains first, by name.

    Columns: id (int64), kind and name (str).
    """
    t = visible_themes(within(viewer, "feedback"), project_id).c
    query = select(t.id, t.kind, t.name).where(t.merged_into.is_(None), t.kind != "praise")
    return read(conn, query.order_by(t.kind, t.name, t.id)).astype(LINKABLE)
