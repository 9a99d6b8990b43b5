"""Signals of probes as they stand: what was found last is carried on until the next look.

A probe is looked at every ten seconds, or once a day. What failed in a window of minutes, counted,
would miss the one and tell of the other again and again.
"""

from datetime import datetime, timedelta
from functools import partial

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Double, Integer, Subquery, cast, func, select

from analytics.measures.cutting import read
from analytics.metrics import Metric
from analytics.operations.health.probes import SILENT_AFTER
from analytics.operations.signals.carried import Found, Stood, stood
from analytics.operations.signals.signal import HOUR, Signal, inside
from analytics.operations.signals.usage import POINTS
from analytics.operations.steps import Steps
from analytics.scope import Viewer, visible_probe_hours, visible_probe_results, visible_probes

KEPT = 14  # days of single results
ONE_LOOK, CONFIRMED = 1, 2  # looks in a row that failed
MINUTE = timedelta(minutes=1)
RESULTS = {"probe_id": "int64", "at": "float64", "ok": "bool"}

FAILING_PROBES = Metric(
    key="failing_probes",
    label="Failing probes",
    unit="probes",
    definition="Probes whose last look did not find what they look at up.",
    formula="probes whose last result is not good",
    direction="down",
    sources=("counts",),
    counts=False,
)
PROBES_DOWN = Metric(
    key="probes_down",
    label="Probes down",
    unit="probes",
    definition="Probes of which a look failed, and the next one, too.",
    formula="probes whose last two results are not good",
    direction="down",
    sources=("counts",),
    counts=False,
)


def standing(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    steps: Steps,
    probe_kind: str = "",
    looks: int = CONFIRMED,
) -> pd.DataFrame:
    """Probes of which so many looks in a row failed: at (datetime64[us]), value and n (float64).

    They are those of the project itself that are not paused, of one kind where `probe_kind` is
    asked for; n is of how many it is known. A minute has a value where one of them failed, or where
    all are known to be up. An hour has those of which so many looks failed in it.
    """
    probes = _active(viewer, project_id, probe_kind, steps.start)
    if steps.minutes >= HOUR:
        return _by_hour(conn, viewer, project_id, probes, steps, looks)
    length = max(0, -((steps.start - steps.end) // MINUTE))
    found = _found(conn, viewer, project_id, probes, steps)
    return _summed([stood(one, length, looks) for one in found], steps.start, length)


def _active(viewer: Viewer, project_id: int, kind: str, start: datetime) -> Subquery:
    """The probes: id, for how many seconds a result lasts, and made (seconds since the start)."""
    p = visible_probes(viewer, project_id).c
    lasts = (p.every_seconds * SILENT_AFTER + p.timeout_seconds).label("lasts")
    query = select(p.id, lasts, _since(start, p.created_at).label("made"))
    query = query.where(p.project_id == project_id, ~p.is_paused)
    return (query.where(p.kind == kind) if kind else query).subquery("active")


def _found(
    conn: Connection, viewer: Viewer, project_id: int, probes: Subquery, steps: Steps
) -> list[Found]:
    """What each found, from as far back as two results in a row still tell something."""
    r = visible_probe_results(viewer, project_id).c
    back = func.make_interval(0, 0, 0, 0, 0, 0, CONFIRMED * probes.c.lasts)
    query = (
        select(r.probe_id, _since(steps.start, r.at).label("at"), r.ok)
        .join(probes, probes.c.id == r.probe_id)
        .where(r.at >= steps.start - back, r.at < steps.end)
        .order_by(r.probe_id, r.at)
    )
    results = read(conn, query).astype(RESULTS)
    theirs = results.groupby("probe_id").indices
    none = np.empty(0, int)
    at, ok = results["at"].to_numpy(), results["ok"].to_numpy()
    known = conn.execute(select(probes).order_by(probes.c.id)).all()
    mine = [(theirs.get(row.id, none), row) for row in known]
    return [Found(at[rows], ok[rows], row.lasts, row.made) for rows, row in mine]


def _summed(each: list[Stood], start: datetime, length: int) -> pd.DataFrame:
    """Of all probes: how many were down in each minute, and of how many it is known."""
    down = np.sum([one.is_down for one in each], axis=0) if each else np.zeros(length)
    unknown = np.sum([one.is_unknown for one in each], axis=0) if each else np.zeros(length)
    value = np.where((down > 0) | (unknown == 0), down, np.nan)
    at = pd.Timestamp(start).tz_convert("UTC").tz_localize(None)
    minutes = pd.date_range(at, periods=length, freq="min")
    return pd.DataFrame({"at": minutes, "value": value, "n": len(each) - unknown}).astype(POINTS)


def _by_hour(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    probes: Subquery,
    steps: Steps,
    looks: int,
) -> pd.DataFrame:
    h = visible_probe_hours(viewer, project_id).c
    at = func.timezone("UTC", h.hour).label("at")
    failed = func.sum(cast(h.n - h.good >= looks, Integer))
    query = (
        select(at, failed.label("value"), func.count().label("n"))
        .join(probes, probes.c.id == h.probe_id)
        .where(inside(h.hour, steps))
        .group_by(at)
        .order_by(at)
    )
    return read(conn, query).astype(POINTS)


def _since(start: datetime, moment: ColumnElement[datetime]) -> ColumnElement[float]:
    """SQL for the seconds from the start to a moment."""
    return cast(func.extract("epoch", moment - start), Double)


STANDING = tuple(
    Signal(
        metric,
        "operations",
        "latest",
        1,
        partial(standing, looks=looks),
        fine_days=KEPT,
        asks=("probe_kind",),
    )
    for metric, looks in ((FAILING_PROBES, ONE_LOOK), (PROBES_DOWN, CONFIRMED))
)
