"""Satisfaction: the share of 4 and 5 among the ratings from 1 to 5 (CSAT), by subject.

A rating is an event named `rating` whose subject is what was rated, and whose value says how well.
"""

from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Subquery, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.measures.packs import kinds_of
from analytics.product.latest import events_at, load_latest
from analytics.scope import Viewer, visible_events

RATING = "rating"
LEAST, MOST, SATISFIED = 1, 5, 4
LATEST = 10_000  # ratings


def satisfaction(
    conn: Connection, viewer: Viewer, filters: Filters, subjects: list[str]
) -> pd.DataFrame:
    """How many ratings these subjects got, and how many are good, of the latest up to `LATEST`.

    One row a subject that was rated. Columns: ratings, satisfied (int64); the index is subject.
    No rollup carries single values, so these are raw events.
    """
    rated = replace(filters, event=RATING, subject=None)
    kinds = kinds_of(conn, viewer, filters.project_id)
    ours = kinds.loc[(kinds["name"] == RATING) & kinds["subject"].isin(subjects), "id"].tolist()
    latest = load_latest(conn, viewer, rated, LATEST, ours)
    rows = read(conn, rated_well(events_at(visible_events(viewer, rated), latest)))
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
