"""What to look at before believing a chart: what was kept of what was sent, and what was granted.

All of it comes from rollups and small tables; what needs raw events is in `samples`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    Double,
    Select,
    case,
    cast,
    extract,
    func,
    literal,
    select,
    union_all,
)

from analytics.filters import Filters
from analytics.metrics import Metric
from analytics.periods import day_periods
from analytics.scope import Viewer, visible_grants, visible_intake, visible_ledger, within
from db.tables import PURPOSES, projects

KEPT = "accepted"
RECENT_BATCHES = 500
LATEST = timedelta(hours=1)
DROPPED = Metric(
    key="dropped",
    label="Not kept",
    unit="share",
    definition="Of the events that were sent on a day, the share that was not kept, by reason.",
    formula="events with this outcome / all events sent",
    direction="down",
    sources=("counts",),
)
LOSSES = {
    "period": "datetime64[us]",
    "series": "str",
    "n": "int64",
    "value": "float64",
    "complete": "bool",
    "which": "str",
    "at": "datetime64[us]",
}
CONSENT = {"purpose": "str", "granted": "int64", "refused": "int64", "share": "float64"}


@dataclass(frozen=True, slots=True)
class Rolling:
    """How long the latest batches waited until they were counted, in seconds; None without any.

    `version` is that of the rollups that they are in.
    """

    batches: int
    median_seconds: float | None
    p95_seconds: float | None
    version: int | None


def whole_project(filters: Filters) -> Filters:
    """The same days of the project without any other filter: whether data is whole, all of it
    shows."""
    return Filters(
        filters.project_id, filters.zone, filters.consent, filters.start, filters.end, filters.now
    )


def losses(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """What was sent and not kept, by day: one row a reason and day, the most frequent reason first.

    Columns as a trend has them, so that the same chart draws them: period and at (datetime64[us],
    local), series (str: the reason), n (int64), value (float64: of what was sent on the day; 0 on
    days without), complete (bool), which (str: "current"). Empty when all was kept.
    """
    found = pd.read_sql(losses_sql(viewer, filters), conn, parse_dates=["period"])
    if found.empty:
        return pd.DataFrame(columns=list(LOSSES)).astype(LOSSES)
    days = [(day.label, day.complete) for day in day_periods(filters)]
    reasons = found.groupby("series")["n"].sum().sort_values(ascending=False, kind="stable").index
    frame = (
        pd.DataFrame({"series": reasons})
        .merge(pd.DataFrame(days, columns=["period", "complete"]), how="cross")
        .merge(found, on=["period", "series"], how="left")
        .fillna({"n": 0, "value": 0.0})
    )
    return frame.assign(which="current", at=frame["period"])[list(LOSSES)].astype(LOSSES)


def losses_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `losses` that are not zero."""
    i = visible_intake(viewer, filters)
    day = cast(func.timezone(filters.zone, i.c.hour), Date).label("period")
    hours = select(day, i.c.outcome, i.c.n).subquery("hours").c
    n = func.sum(hours.n)
    sent = func.sum(n).over(partition_by=hours.period)
    days = (
        select(hours.period, hours.outcome, n.label("n"), sent.label("sent"))
        .group_by(hours.period, hours.outcome)
        .subquery("days")
        .c
    )
    share = cast(days.n / days.sent, Double).label("value")
    return (
        select(
            days.period, days.outcome.label("series"), cast(days.n, BigInteger).label("n"), share
        )
        .where(days.outcome != KEPT)
        .order_by(days.period, days.n.desc(), days.outcome)
    )


def consent(conn: Connection, viewer: Viewer, project_id: int) -> pd.DataFrame:
    """Who said yes and no to what: one row a purpose that anybody decided on.

    Columns: purpose (str), granted and refused (int64, people), share (float64: who granted, of
    those who decided; the others are kept or not as the project's mode has it).
    """
    return pd.read_sql(consent_sql(viewer, project_id), conn).astype(CONSENT)


def consent_sql(viewer: Viewer, project_id: int) -> Select[Any]:
    """The rows of `consent`."""
    said = visible_grants(viewer, project_id).c
    each = [
        select(
            literal(purpose).label("purpose"),
            literal(place).label("place"),
            func.count().filter(said.granted.op("&")(1 << place) != 0).label("granted"),
            func.count().filter(said.refused.op("&")(1 << place) != 0).label("refused"),
        )
        for place, purpose in enumerate(PURPOSES)
    ]
    row = union_all(*each).subquery("purposes").c
    decided = row.granted + row.refused
    share = cast(row.granted * 1.0 / decided, Double).label("share")
    return (
        select(row.purpose, row.granted, row.refused, share).where(decided > 0).order_by(row.place)
    )


def rolling(conn: Connection, viewer: Viewer, project_id: int) -> Rolling:
    """How long the batches of the latest hour with any waited until they were counted.

    Those of an import or of demo data say when their events were, not when they came; a day of
    them is not within an hour.
    """
    batch = visible_ledger(within(viewer, "operations"), project_id).c
    last = select(batch.received_at).order_by(batch.batch_id.desc()).limit(1).scalar_subquery()
    waited = extract("epoch", batch.rolled_at - batch.received_at).label("seconds")
    latest = (
        select(waited)
        .where(batch.rolled_at.is_not(None), batch.received_at > last - LATEST)
        .order_by(batch.batch_id.desc())
        .limit(RECENT_BATCHES)
        .subquery("latest")
        .c
    )
    middle, slow = (func.percentile_cont(part).within_group(latest.seconds) for part in (0.5, 0.95))
    version = select(projects.c.rolled_as).where(projects.c.id == project_id).scalar_subquery()
    batches = func.count(latest.seconds)
    known = case((batches > 0, version))
    return Rolling(*conn.execute(select(batches, middle, slow, known)).one())
