"""Objectives (SLOs) as they stand: what is kept, what is left of the budget, how fast it burns."""

from collections.abc import Collection, Sequence
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
from analytics.operations.health.uptime import probe_counts, uptime_counts
from analytics.operations.requests.counted import Counted
from analytics.operations.requests.loading import load_each
from analytics.operations.requests.series import APDEX_MS
from analytics.operations.requests.totals import span_of
from analytics.operations.steps import Steps
from analytics.periods import Period, instants
from analytics.scope import Viewer, visible_slos
from db.tables import INSTALLATION

REACHES = {each for window in WINDOWS for each in (window.long, window.short)}
COUNTS = {"at": "datetime64[us]", "good": "int64", "n": "int64"}


Cuts = Sequence[datetime]


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
    probed = [slo for slo in slos if slo.kind == "uptime"]
    counted = _of_requests(conn, viewer, served, _cuts(served, now, REACHES)) if served else {}
    days = lately = counted
    if probed:
        place = (conn, viewer, project_id, probed)
        days = counted | _of_probes(*place, _cuts(probed, now))
        lately = counted | _of_probes(*place, _cuts([], now, REACHES), exact=True)
    return tuple(_standing(slo, days[slo], lately[slo], now) for slo in slos)


def _cuts(slos: Sequence[Slo], now: datetime, reaches: Collection[timedelta] = ()) -> Cuts:
    """The instants at which their days begin, and each of these windows, and now."""
    return sorted({now, *(now - each for each in reaches), *(_begins(slo, now) for slo in slos)})


def _standing(slo: Slo, days: pd.DataFrame, lately: pd.DataFrame, now: datetime) -> Standing:
    """One of them, by counts that are cut where its days and each window begin."""
    promised = days[days["at"] >= instants([_begins(slo, now)])[0]]
    whole = budget(int(promised["n"].sum()), int(promised["good"].sum()), slo.objective, slo.days)
    return Standing(slo, whole, burns(lately, slo.objective, now))


def _of_requests(
    conn: Connection, viewer: Viewer, slos: Sequence[Slo], cuts: Cuts
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


def _of_probes(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    slos: Sequence[Slo],
    cuts: Cuts,
    exact: bool = False,
) -> dict[Slo, pd.DataFrame]:
    """What objectives of probes count between the cuts: of whole hours, or `exact` of results."""
    found = probe_counts(conn, viewer, project_id, cuts, exact)
    return {slo: found[_is_of(slo, found)] for slo in slos}


def _is_of(slo: Slo, found: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are of its probe, or of all of its project where it names none."""
    if slo.probe_id is not None:
        return found["probe_id"] == slo.probe_id
    return found["project_id"] == slo.project_id


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
    counts = _of_requests(conn, viewer, [slo], Steps(start, end, minutes).cuts())[slo]
    return counts[counts["n"] > 0].reset_index(drop=True)
