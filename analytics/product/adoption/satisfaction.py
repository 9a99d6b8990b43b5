"""Satisfaction: the share of 4 and 5 among the ratings from 1 to 5 (CSAT), by subject.

A rating is an event named `rating` whose subject is what was rated, and whose value says how well.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, DateTime, Select, Subquery, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.measures.packs import kinds_of, load_log
from analytics.scope import Viewer, visible_events

RATING = "rating"
LEAST, MOST, SATISFIED = 1, 5, 4
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 10_000  # instants of ratings; measured: 10 microseconds each


def satisfaction(
    conn: Connection, viewer: Viewer, filters: Filters, subjects: list[str]
) -> pd.DataFrame:
    """How many ratings these subjects got, and how many are good, of the latest up to `LATEST`.

    One row a subject that was rated. Columns: ratings, satisfied (int64); the index is subject.
    No rollup carries single values, so they are looked up among the raw events by their instants,
    which the packs know.
    """
    rated = replace(filters, event=RATING, subject=None)
    kinds = kinds_of(conn, viewer, filters.project_id)
    ours = kinds.loc[(kinds["name"] == RATING) & kinds["subject"].isin(subjects), "id"]
    log = load_log(conn, viewer, rated, columns=("at", "kind"), ordered=False)
    latest = np.unique(log.at[np.isin(log.kind, ours)])[-LATEST:]
    moments = [EPOCH + timedelta(microseconds=at) for at in latest.tolist()]
    unnested = func.unnest(literal(moments, ARRAY(DateTime(timezone=True))))
    instants = unnested.table_valued("at", name="instants").render_derived()
    e = visible_events(viewer, rated)
    rows = read(conn, rated_well(e).join(instants, e.c.occurred_at == instants.c.at))
    return rows.set_index("subject").reindex(subjects).dropna().astype("int64")


def rated_well(e: Subquery) -> Select[Any]:
    """SQL for the ratings among these events by subject, and those that are good."""
    counted = e.c.value.between(LEAST, MOST)
    return (
        select(
            e.c.subject,
            func.count().label("ratings"),
            func.count().filter(e.c.value >= SATISFIED).label("satisfied"),
        )
        .where(counted)
        .group_by(e.c.subject)
    )
