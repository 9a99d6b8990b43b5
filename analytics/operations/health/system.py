"""The state of the systems in a few numbers: what a company looks at every morning."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from analytics.operations.alerts.standing import alert_standing
from analytics.operations.health.probes import LOOPLENS as ITSELF
from analytics.operations.health.probes import OURS, probes_now
from analytics.operations.health.uptime import uptime_counts
from analytics.operations.requests.measured import LOOPLENS, Measured
from analytics.operations.requests.totals import Totals, request_totals
from analytics.scope import Viewer, within
from db.tables import INSTALLATION

DAY = timedelta(days=1)
DAY_MINUTES = 1440
PROMISED = 0.999  # the uptime below which one watches, where nothing else is promised
Worry = Literal["act", "watch", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class SystemHealth:
    """The last 24 hours; None where nothing was measured.

    Of the project where it is looked at and counted, else of Looplens itself: `probed` and `served`
    say which ("project", "Looplens" or "" for neither). `probes` is the number of results behind
    `uptime` (a share), `down` and `silent` are the names of probes, `requests` is the number behind
    `p95_ms` (ms) and `error_rate` (a share). Incidents, `firing` and `critical` alerts are those of
    the project that are open now.
    """

    probed: str = ""
    uptime: float | None = None
    probes: int = 0
    down: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    served: str = ""
    requests: int = 0
    p95_ms: float | None = None
    error_rate: float | None = None
    open_incidents: int = 0
    firing: int = 0
    critical: int = 0

    @property
    def worry(self) -> Worry:
        """Whether to act now, to watch, or not to worry; unknown where nothing is looked at."""
        if self.down or self.critical or self.open_incidents:
            return "act"
        if self.uptime is None and self.p95_ms is None:
            return "watch" if self.firing else "unknown"
        short = self.uptime is not None and self.uptime < PROMISED
        return "watch" if self.firing or self.silent or short else "none"


def system_health(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> SystemHealth:
    """How the systems of a project do now; nothing for who may not see its operations."""
    if not within(viewer, "operations").sees(project_id, "operations"):
        return SystemHealth()
    known = probes_now(conn, viewer, project_id, now)
    ours = bool((known["of"] == OURS).any())
    place = project_id if ours else INSTALLATION
    looked = known[(known["of"] == OURS) == ours]
    counts = uptime_counts(conn, viewer, place, now - DAY, now, DAY_MINUTES, exact=True)
    n, good = int(counts["n"].sum()), int(counts["good"].sum())
    served, totals = _served(conn, viewer, project_id, now)
    alerts = alert_standing(conn, viewer, project_id, now)
    return SystemHealth(
        probed=_whose(ours) if len(looked) else "",
        uptime=good / n if n else None,
        probes=n,
        down=tuple(looked.loc[looked["state"] == "down", "name"]),
        silent=tuple(looked.loc[looked["state"] == "silent", "name"]),
        served=served,
        requests=totals.n,
        p95_ms=totals.p95,
        error_rate=totals.error_rate,
        open_incidents=alerts.incidents,
        firing=alerts.firing,
        critical=alerts.critical,
    )


def _served(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> tuple[str, Totals]:
    """Whose requests they are, and their totals of a day."""
    ours = request_totals(conn, viewer, Measured(project_id), now - DAY, now)
    if ours.n:
        return _whose(True), ours
    own = request_totals(conn, viewer, LOOPLENS, now - DAY, now)
    return (_whose(False) if own.n else ""), own


def _whose(ours: bool) -> str:
    return OURS if ours else ITSELF
