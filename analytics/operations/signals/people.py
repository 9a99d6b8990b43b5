"""Signals of people: who is there now, who agreed, and who uses the main feature."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from analytics.business.goals.metrics import CORE_ADOPTION, OPT_IN
from analytics.measures.cutting import read
from analytics.operations.live import NOBODY, PEOPLE_NOW, RECENT
from analytics.operations.quality import consent
from analytics.operations.signals.signal import DAY, Signal, inside, step_of
from analytics.operations.signals.usage import POINTS, days_of, midnights
from analytics.operations.steps import Steps
from analytics.product.adoption.answer import FEATURE_USE
from analytics.product.adoption.leading import main_feature
from analytics.product.trends import ratio_of, trend
from analytics.scope import Viewer, visible_latest_events

MINUTE = timedelta(minutes=1)
LIVE = timedelta(hours=1)  # before the end, in which raw events are read: none are kept by minute
NOTHING = pd.DataFrame(columns=list(POINTS)).astype(POINTS)


def people_now(conn: Connection, viewer: Viewer, project_id: int, steps: Steps) -> pd.DataFrame:
    """Different people of the five minutes that end with each minute of the last hour.

    Columns: at (datetime64[us]), value and n (float64: the same), a row a minute, 0 where nobody
    was there; empty for who may not see any.
    """
    if not viewer.sees(project_id, "operations"):
        return NOTHING
    begin = max(steps.start, steps.end - LIVE)
    read_from = Steps(begin - RECENT + MINUTE, steps.end, 1)
    e = visible_latest_events(viewer, project_id, read_from.start).c
    known = inside(e.occurred_at, read_from), e.actor_key != NOBODY
    seen = read(
        conn, select(step_of(e.occurred_at, read_from), e.actor_key).where(*known).distinct()
    )
    counts = [seen.assign(at=seen["at"] + later * MINUTE) for later in range(RECENT // MINUTE)]
    there = pd.concat(counts).drop_duplicates().groupby("at").size()
    first = pd.Timestamp(begin).tz_convert("UTC").tz_localize(None)
    minutes = pd.date_range(first, periods=-((begin - steps.end) // MINUTE), freq="min", unit="us")
    value = there.reindex(minutes, fill_value=0).to_numpy()
    return pd.DataFrame({"at": minutes, "value": value, "n": value}).astype(POINTS)


def opt_in(conn: Connection, viewer: Viewer, project_id: int, steps: Steps) -> pd.DataFrame:
    """The share that agreed, as it is now: at (datetime64[us]), value, n (float64: who decided).

    One row at the most, known since midnight: who changes their mind leaves no share of before.
    """
    filters = days_of(conn, project_id, steps)
    rows = consent(conn, viewer, project_id)
    usage = rows[rows["purpose"] == "usage"]
    at = midnights([filters.today] * len(usage), filters.tz) - np.timedelta64(steps.minutes, "m")
    n = usage["granted"] + usage["refused"]
    return pd.DataFrame({"at": at, "value": usage["share"], "n": n}).astype(POINTS)


def core_adoption(conn: Connection, viewer: Viewer, project_id: int, steps: Steps) -> pd.DataFrame:
    """Who used the feature that has the most users lately, of all who were there on the day.

    Columns: at (datetime64[us]: midnight), value (float64: the share), n (float64: who was there);
    nothing of projects without ids.
    """
    filters = days_of(conn, project_id, steps)
    feature = main_feature(conn, viewer, filters)
    if feature is None:
        return NOTHING
    asked = replace(filters, event=FEATURE_USE, subject=feature)
    active = trend(conn, viewer, filters, "actors")
    shares = ratio_of(trend(conn, viewer, asked, "actors"), active)
    over = shares[shares["complete"]].assign(n=active["value"])
    at = midnights(over["period"].dt.date.tolist(), filters.tz)
    return pd.DataFrame({"at": at, "value": over["value"], "n": over["n"]}).astype(POINTS)


PEOPLE = (
    Signal(PEOPLE_NOW, "operations", "latest", 1, people_now, past=LIVE),
    Signal(OPT_IN, "product", "latest", DAY, opt_in, past=timedelta(days=1)),
    Signal(CORE_ADOPTION, "product", "latest", DAY, core_adoption, follows_events=True),
)
