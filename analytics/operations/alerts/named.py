"""Which errors an alert about new errors, or about those that came back, is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, case, func, select

from analytics.measures.cutting import read
from analytics.operations.errors.metrics import NEW_ERRORS, REGRESSED_ERRORS
from analytics.scope import (
    Viewer,
    visible_alert_episodes,
    visible_alert_rules,
    visible_error_groups,
)

MOST = 1_000  # errors of all episodes together, those of the latest first
NAMED = {"episode_id": "int64", "fingerprint": "int64", "title": "str", "at": "datetime64[us]"}


def named_errors(
    conn: Connection, viewer: Viewer, project_id: int, now: datetime, only: Sequence[int] = ()
) -> pd.DataFrame:
    """The errors that let an episode begin or go on, the latest episode and error first.

    Of all episodes of the project, or `only` of these.

    Columns: episode_id, fingerprint (int64), title (str, as it was sent), at (datetime64[us], UTC:
    when it was first seen, or came back).
    """
    return read(conn, named_errors_sql(viewer, project_id, now, only)).astype(NAMED)


def named_errors_sql(
    viewer: Viewer, project_id: int, now: datetime, only: Sequence[int] = ()
) -> Select[Any]:
    """The rows of `named_errors`: what was found in a window of its rule while it fired."""
    rule = visible_alert_rules(viewer, project_id).c
    e = visible_alert_episodes(viewer, project_id).c
    g = visible_error_groups(viewer, project_id).c
    found = case(
        (rule.metric == NEW_ERRORS.key, g.first_seen),
        (rule.metric == REGRESSED_ERRORS.key, g.regressed_at),
    )
    window = func.make_interval(0, 0, 0, 0, 0, rule.window_minutes)
    until = func.coalesce(e.resolved_at, now)
    found_in = (
        select(
            e.id.label("episode_id"),
            g.fingerprint,
            g.title,
            func.timezone("UTC", found).label("at"),
        )
        .where(
            rule.id == e.rule_id,
            e.project_id == project_id,
            found >= e.started_at - window,
            found < until,
        )
        .order_by(e.started_at.desc(), e.id.desc(), found.desc(), g.fingerprint)
        .limit(MOST)
    )
    return found_in.where(e.id.in_(only)) if only else found_in
