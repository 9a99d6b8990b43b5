"""What happened around a product: the annotations that charts over time show."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from analytics.filters import Filters
from analytics.periods import midnight
from analytics.scope import Viewer, visible_annotations
from db.annotations import COLUMNS, Annotation

MOST = 100
FRAME = {
    "at": "datetime64[us]",
    "until": "datetime64[us]",
    "kind": "str",
    "title": "str",
    "url": "str",
}


def annotations_in(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """The latest annotations that touch the range, the earliest of them first.

    Columns: at and until (datetime64[us], wall time of the project's zone; NaT where it was a
    moment), kind (str: release, incident, campaign or note), title (str, as people wrote it: text
    only), url (str: http, https or empty).
    """
    found = annotations_of(conn, viewer, filters)
    rows = [(note.at, note.until, note.kind, note.title, note.url) for note in reversed(found)]
    frame = pd.DataFrame(rows, columns=list(FRAME))
    for name in ("at", "until"):
        times = pd.to_datetime(frame[name], utc=True)
        frame[name] = times.dt.tz_convert(filters.zone).dt.tz_localize(None)
    return frame.astype(FRAME)


def annotations_of(conn: Connection, viewer: Viewer, filters: Filters) -> list[Annotation]:
    """The latest annotations that touch the range, with their authors; the latest first."""
    query = _touching(viewer, filters)
    return [Annotation(*row) for row in conn.execute(query)]


def _touching(viewer: Viewer, filters: Filters) -> Select[Any]:
    note = visible_annotations(viewer, filters.project_id).c
    return (
        select(*(note[column.name] for column in COLUMNS))
        .where(
            note.at < midnight(filters.end, filters.tz),
            func.coalesce(note.until, note.at) >= midnight(filters.start, filters.tz),
        )
        .order_by(note.at.desc(), note.id.desc())
        .limit(MOST)
    )
