"""The state of the systems in a few numbers: what a company looks at every morning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pandas as pd
from sqlalchemy import Connection

from analytics.operations.alerts.standing import AlertStanding, alert_standing
from analytics.operations.health.gauges import gauges_now
from analytics.operations.health.objectives import Standing, standings
from analytics.operations.health.probes import LOOPLENS as ITSELF
from analytics.operations.health.probes import OURS, named_of, probes_now
from analytics.operations.health.uptime import uptime_counts
from analytics.operations.requests.measured import LOOPLENS, Measured
from analytics.operations.requests.totals import Totals, totals_between
from analytics.scope import Viewer, within
from db.tables import INSTALLATION

DAY = timedelta(days=1)
DAY_MINUTES = 1440
NEARLY_FULL = 0.85  # of a disk, above which one watches
PROMISED = 0.999  # the uptime below which one watches, where nothing else is promised
Worry = Literal["act", "watch", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class SystemHealth:
    """The last 24 hours; None where nothing was measured.

    Of the project where it is looked at and counted, else of Looplens itself: `probed` and `served`
    say which ("project", "Looplens" or "" for neither). `probes` is the number of results behind
    `uptime` (a share), `paused` are the names of those probes that are, `watching` counts the
    others; `down` and `silent` name probes of the project and of Looplens. `requests` is the number
    behind `p95_ms` (ms) and `error_rate` (a share).
    Incidents, `firing` and `critical` alerts are those of the project that are open now. `missed`
    and `burning` name objectives of the project and of Looplens whose error budget is used up, or
    is used up too fast; `disk` is how full the fullest disk is (a share).
    """

    probed: str = ""
    uptime: float | None = None
    probes: int = 0
    down: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    watching: int = 0
    served: str = ""
    requests: int = 0
    p95_ms: float | None = None
    error_rate: float | None = None
    open_incidents: int = 0
    firing: int = 0
    critical: int = 0
    missed: tuple[str, ...] = ()
    burning: tuple[str, ...] = ()
    disk: float | None = None

    @property
    def worry(self) -> Worry:
        """Whether to act now, to watch, or not to worry; unknown where nothing is looked at."""
        if self.down or self.critical or self.open_incidents or self.burning:
            return "act"
        short = self.uptime is not None and self.uptime < PROMISED
        if self.firing or self.silent or self.paused or self.missed or self.disk_is_full or short:
            return "watch"
        return "unknown" if self.uptime is None and self.p95_ms is None else "none"

    @property
    def disk_is_full(self) -> bool:
        """Whether so little is left of a disk that one should look."""
        return self.disk is not None and self.disk > NEARLY_FULL

    @property
    def is_unwatched(self) -> bool:
        """Whether all probes are paused: uptime is then what was known last."""
        return bool(self.paused) and not self.watching


@dataclass(frozen=True, slots=True)
class Served:
    """The requests of the last days, of 24 hours each, the latest first: the totals of `measured`.

    That is the project; or Looplens itself where nobody counted any of the project's last day.
    """

    measured: Measured
    days: Sequence[Totals]

    @property
    def of(self) -> str:
        """Whose they are: "project", "Looplens", or "" where there were none in the last day."""
        return _whose(self.measured != LOOPLENS) if self.days[0].n else ""


def system_health(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    now: datetime,
    served: Served | None = None,
    alerts: AlertStanding | None = None,
) -> SystemHealth:
    """How the systems of a project do now; nothing for who may not see its operations.

    Requests and alerts are not read again where they are known.
    """
    served = served or served_lately(conn, viewer, project_id, now)
    if served is None:
        return SystemHealth()
    alerts = alerts or alert_standing(conn, viewer, project_id, now)
    known = probes_now(conn, viewer, project_id, now)
    ours = bool((known["of"] == OURS).any())
    place = project_id if ours else INSTALLATION
    looked = known[(known["of"] == OURS) == ours]
    counts = uptime_counts(conn, viewer, place, now - DAY, now, DAY_MINUTES, exact=True)
    n, good = int(counts["n"].sum()), int(counts["good"].sum())
    totals = served.days[0]
    promised = standings(conn, viewer, project_id, now)
    return SystemHealth(
        probed=_whose(ours) if len(looked) else "",
        uptime=good / n if n else None,
        probes=n,
        down=_named(known, "down"),
        silent=_named(known, "silent"),
        paused=_named(looked, "paused"),
        watching=int((looked["state"] != "paused").sum()),
        served=served.of,
        requests=totals.n,
        p95_ms=totals.p95,
        error_rate=totals.error_rate,
        open_incidents=alerts.incidents,
        firing=alerts.firing,
        critical=alerts.critical,
        missed=tuple(told_of(each) for each in promised if each.budget.missed and not each.burning),
        burning=tuple(told_of(each) for each in promised if each.burning),
        disk=_fullest(conn, viewer, project_id, now),
    )


def told_of(standing: Standing) -> str:
    """The name of an objective, with whose it is where it is not the project's."""
    slo = standing.slo
    return named_of(slo.name, _whose(not slo.of_looplens))


def _named(probes: pd.DataFrame, state: str) -> tuple[str, ...]:
    """The probes in a state, with whose they are where that is not the project."""
    found = probes[probes["state"] == state]
    return tuple(named_of(name, of) for name, of in zip(found["name"], found["of"], strict=True))


def _fullest(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> float | None:
    """How full the fullest disk is."""
    known = gauges_now(conn, viewer, project_id, now)
    disks = known.loc[known["name"] == "disk", "value"]
    return float(disks.max()) if len(disks) else None


def served_lately(
    conn: Connection, viewer: Viewer, project_id: int, now: datetime, days: int = 1
) -> Served | None:
    """The requests of so many days, read in one go; None for who may not see operations."""
    if not within(viewer, "operations").sees(project_id, "operations"):
        return None
    cuts = [now - number * DAY for number in range(days, -1, -1)]
    ours = totals_between(conn, viewer, Measured(project_id), cuts)
    if ours[now - DAY].n:
        return Served(Measured(project_id), [*ours.values()][::-1])
    own = totals_between(conn, viewer, LOOPLENS, cuts)
    return Served(LOOPLENS, [*own.values()][::-1])


def _whose(ours: bool) -> str:
    return OURS if ours else ITSELF
