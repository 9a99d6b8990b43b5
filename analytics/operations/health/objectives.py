"""Objectives (SLOs) as they stand: what is kept, what is left of the budget, how fast it burns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

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
from analytics.operations.requests.counted import Counted
from analytics.operations.requests.loading import load_each
from analytics.operations.requests.series import APDEX_MS, steps
from analytics.operations.requests.totals import span_of
from analytics.periods import Period, instants
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
    served = [slo for slo in slos if slo.kind != "uptime"]
    reaches = {each for window in WINDOWS for each in (window.long, window.short)}
    begun = {now, *(now - each for each in reaches), *(_begins(slo, now) for slo in served)}
    requests = _of_requests(conn, viewer, served, sorted(begun)) if served else {}
    return tuple(
        _of_served(slo, requests[slo], now)
        if slo in requests
        else _of_probed(conn, viewer, slo, now)
        for slo in slos
    )


def _of_served(slo: Slo, counts: pd.DataFrame, now: datetime) -> Standing:
    """One of requests, which are cut where its days and each window begin."""
    promised = counts[counts["at"] >= instants([_begins(slo, now)])[0]]
    return _standing(slo, promised, counts, now)


def _of_probed(conn: Connection, viewer: Viewer, slo: Slo, now: datetime) -> Standing:
    """One of probes: of whole hours over its days, of single results over the windows."""
    place = (conn, viewer, slo.project_id)
    minutes = (slo.days + 1) * DAY_MINUTES
    promised = uptime_counts(*place, _begins(slo, now), now, minutes, slo.probe_id)
    lately = uptime_counts(*place, now - LONGEST, now, FINEST, slo.probe_id, exact=True)
    return _standing(slo, promised, lately, now)


def _standing(slo: Slo, promised: pd.DataFrame, lately: pd.DataFrame, now: datetime) -> Standing:
    whole = budget(int(promised["n"].sum()), int(promised["good"].sum()), slo.objective, slo.days)
    return Standing(slo, whole, burns(lately, slo.objective, now))


def _of_requests(
    conn: Connection, viewer: Viewer, slos: Sequence[Slo], cuts: Sequence[datetime]
) -> dict[Slo, pd.DataFrame]:
    """What objectives of requests count between the cuts; the requests are read once for all."""
    spans = [span_of(start, end) for start, end in pairwise(cuts)]
    counts: dict[Slo, pd.DataFrame] = {}
    for project_id in {slo.project_id for slo in slos}:
        ours = [slo for slo in slos if slo.project_id == project_id]
        places = {(slo.service, slo.endpoint) for slo in ours}
        timed = any(slo.kind == "latency" for slo in ours)
        found = load_each(conn, viewer, project_id, cuts, places, timed=timed)
        counts |= {slo: _good(slo, found.get((slo.service, slo.endpoint)), spans) for slo in ours}
    return counts


def _good(slo: Slo, counted: Counted | None, spans: Sequence[Period]) -> pd.DataFrame:
    """What an objective counts of requests in each of these spans."""
    if counted is None:
        return pd.DataFrame(columns=list(COUNTS)).astype(COUNTS)
    sums = counted.counts(spans)
    good = sums["n"] - sums["failures"]
    if slo.kind == "latency":
        good = counted.within(slo.threshold_ms or APDEX_MS, spans)
    at = instants([span.start for span in spans])
    return pd.DataFrame({"at": at, "good": good, "n": sums["n"]}).astype(COUNTS)


def _begins(slo: Slo, now: datetime) -> datetime:
    return (now - timedelta(days=slo.days)).replace(minute=0)


def _counted(
    conn: Connection,
    viewer: Viewer,
    slo: Slo,
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    if slo.kind == "uptime":
        return uptime_counts(conn, viewer, slo.project_id, start, end, minutes, slo.probe_id)
    counts = _of_requests(conn, viewer, [slo], steps(start, end, minutes))[slo]
    return counts[counts["n"] > 0].reset_index(drop=True)
