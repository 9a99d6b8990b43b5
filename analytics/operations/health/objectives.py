"""Objectives (SLOs) as they stand: what is kept, what is left of the budget, how fast it burns."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import Connection, select

from analytics.operations.health.burning import (
    EXACT,
    WINDOWS,
    Budget,
    Burn,
    budget,
    burns,
)
from analytics.operations.health.uptime import uptime_counts
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.series import APDEX_MS, request_series
from analytics.scope import Viewer, visible_slos
from db.tables import INSTALLATION

DAY_MINUTES = 1440
LONGEST = max(window.long for window in WINDOWS)
FINEST = min(window.short for window in WINDOWS) // timedelta(minutes=1)  # all are multiples of it
COUNTS = {"at": "datetime64[us]", "good": "int64", "n": "int64"}


@dataclass(frozen=True, slots=True)
class Slo:
    """One of them as it is kept: see `db.slos.SloDraft` for what the fields mean."""

    id: int
    project_id: int
    name: str
    kind: str
    probe_id: int | None
    service: str
    endpoint: str
    threshold_ms: float | None
    objective: float
    days: int

    @property
    def of_looplens(self) -> bool:
        """Whether it is one of Looplens itself."""
        return self.project_id == INSTALLATION


@dataclass(frozen=True, slots=True)
class Standing:
    """An objective with its budget, and its burn over the three windows."""

    slo: Slo
    budget: Budget
    burns: tuple[Burn, ...]

    @property
    def burning(self) -> tuple[Burn, ...]:
        """The windows over which it burns too fast, the fastest first."""
        return tuple(each for each in self.burns if each.burning)


def slos_of(conn: Connection, viewer: Viewer, project_id: int) -> list[Slo]:
    """The objectives of a project, then those of Looplens, each by name."""
    s = visible_slos(viewer, project_id).c
    told = [s[name] for name in Slo.__slots__]
    rows = conn.execute(select(*told).order_by(s.project_id == INSTALLATION, s.name))
    return [Slo(*row) for row in rows]


def slo_series(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    slo_id: int,
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """What an objective counts, in buckets of so many minutes from `start`.

    Columns: at (datetime64[us], UTC without a zone, the start of the bucket), good and n (int64).
    A bucket without anything has no row; nor has an objective that the viewer may not see.
    """
    known = {slo.id: slo for slo in slos_of(conn, viewer, project_id)}
    if slo_id not in known:
        return pd.DataFrame(columns=list(COUNTS)).astype(COUNTS)
    return _counted(conn, viewer, known[slo_id], start, end, minutes)


def burn_series(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    slo_id: int,
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """How fast an objective's budget burns, bucket by bucket.

    Columns: at (as above), value (float64: 1 uses up just the budget), n (int64).
    """
    counts = slo_series(conn, viewer, project_id, slo_id, start, end, minutes)
    known = {slo.id: slo.objective for slo in slos_of(conn, viewer, project_id)}
    allowed = round(1 - known.get(slo_id, 0.0), EXACT)
    bad = (counts["n"] - counts["good"]) / counts["n"]
    return counts.assign(value=bad / allowed)[["at", "value", "n"]]


def standings(
    conn: Connection, viewer: Viewer, project_id: int, now: datetime
) -> tuple[Standing, ...]:
    """How every objective of a project and of Looplens stands now."""
    now = now.replace(second=0, microsecond=0)
    slos = slos_of(conn, viewer, project_id)
    return tuple(_standing(conn, viewer, slo, now) for slo in slos)


def _standing(conn: Connection, viewer: Viewer, slo: Slo, now: datetime) -> Standing:
    start = (now - timedelta(days=slo.days)).replace(minute=0)
    counts = _counted(conn, viewer, slo, start, now, (slo.days + 1) * DAY_MINUTES)
    whole = budget(int(counts["n"].sum()), int(counts["good"].sum()), slo.objective, slo.days)
    lately = _counted(conn, viewer, slo, now - LONGEST, now, FINEST, exact=True)
    return Standing(slo, whole, burns(lately, slo.objective, now))


def _counted(
    conn: Connection,
    viewer: Viewer,
    slo: Slo,
    start: datetime,
    end: datetime,
    minutes: int,
    exact: bool = False,
) -> pd.DataFrame:
    if slo.kind == "uptime":
        asked = (viewer, slo.project_id, start, end, minutes, slo.probe_id, exact)
        return uptime_counts(conn, *asked)
    served = Measured(slo.project_id, "servers", slo.service, slo.endpoint)
    longest = slo.threshold_ms or APDEX_MS
    rows = request_series(conn, viewer, served, start, end, minutes, longest)
    good = rows["within"] if slo.kind == "latency" else rows["n"] - rows["failures"]
    return pd.DataFrame(
        {"at": rows["at"].dt.tz_localize(None), "good": good, "n": rows["n"]}
    ).astype(COUNTS)
