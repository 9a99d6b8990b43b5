"""What steps can be made of: the events that are used, the most used first."""

import pandas as pd
from sqlalchemy import BigInteger, Connection, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_event_days, visible_kinds, within

USED = {"name": "str", "subject": "str", "events": "int64"}


def used_events(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """The pairs of name and subject that the filters keep, the most frequent first.

    Columns: name, subject (str), events (int64, in the range).
    """
    viewer = within(viewer, "product")
    e, k = visible_event_days(viewer, filters), visible_kinds(viewer, filters.project_id)
    events = func.sum(e.c.n).cast(BigInteger).label("events")
    query = (
        select(k.c.name, k.c.subject, events)
        .join(e, e.c.kind_id == k.c.id)
        .group_by(k.c.name, k.c.subject)
        .order_by(events.desc(), k.c.name, k.c.subject)
    )
    return read(conn, query).astype(USED)
