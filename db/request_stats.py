"""What servers count of their requests: reports of them kept, and minutes added up to hours."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql

from db.tables import BIN_GROWTH, SHORTEST, projects, request_reports, request_stats

BIN, COUNT = ">i2", ">i4"  # how bins and their counts are packed
MINUTES_KEPT = timedelta(days=2)  # after which minutes become hours
SETTLED = timedelta(minutes=2)  # after which next to nothing more is reported of a minute
STATS_MONTHS = 24
REPORTS_KEPT = timedelta(days=2)
MOST_IN_A_BIN = 2**31 - 1
HOUR = timedelta(hours=1)
SUMS = ("n", "failures", "refused", "cache_hits", "cache_misses", "duration_sum")

Place = tuple[int, str, str, datetime]  # project, service, endpoint, and since when


@dataclass(frozen=True, slots=True)
class Served:
    """The requests of one endpoint in one minute, or in whatever time they are recorded for.

    `bins` maps the bin of a duration to how many requests fell into it, `errors` a kind of failure
    or refusal to how many there were. `failures` were answered with 500 and above, `refused` with
    400 to 499. `duration_sum` is in ms.
    """

    at: datetime
    service: str
    endpoint: str
    n: int
    bins: Mapping[int, int]
    failures: int = 0
    refused: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    duration_sum: float = 0.0
    errors: Mapping[str, int] = field(default_factory=dict)


def bin_of(milliseconds: float) -> int:
    """The bin of a duration: the power of 1.04 ms that it does not exceed."""
    return math.ceil(math.log(max(milliseconds, SHORTEST)) / math.log(BIN_GROWTH))


def bins_of(milliseconds: ArrayLike) -> NDArray[np.int64]:
    """The bins of many durations."""
    clipped = np.maximum(np.asarray(milliseconds, float), SHORTEST)
    numbers: NDArray[np.float64] = np.ceil(np.log(clipped) / math.log(BIN_GROWTH))
    return numbers.astype(np.int64)


def record(conn: Connection, project_id: int, rows: Iterable[Served], minutes: int = 1) -> int:
    """Keep these counts, each of so many minutes; returns how many rows were kept."""
    kept = [_row(project_id, each, minutes) for each in rows]
    if kept:
        conn.execute(insert(request_stats), kept)
    return len(kept)


def report(
    conn: Connection, project_id: int, report_id: UUID, rows: Sequence[Served], now: datetime
) -> bool:
    """Keep a report once, however often it comes; whether it was new."""
    about = {"project_id": project_id, "report_id": report_id, "received_at": now}
    known = postgresql.insert(request_reports).values(about).on_conflict_do_nothing()
    if conn.execute(known.returning(literal(1))).one_or_none() is None:
        return False
    record(conn, project_id, rows)
    return True


def add_up(conn: Connection, now: datetime) -> int:
    """Make one row of those of the same minute, and of the minutes of past hours; how many went.

    Several processes report of the same minute, and each every few seconds.
    """
    hours_until = (now - MINUTES_KEPT).replace(minute=0, second=0, microsecond=0)
    stats = request_stats.c
    old = and_(stats.minutes == 1, stats.at < hours_until)
    named = conn.execute(select(projects.c.id, projects.c.timezone))
    zones = {each.id: ZoneInfo(each.timezone) for each in named}
    gone = _added_up(conn, old, 60, zones)
    return gone + _added_up(conn, _several(hours_until, now - SETTLED), 1, zones)


def forget(conn: Connection, now: datetime, oldest: datetime) -> None:
    """Delete counts from before `oldest`, and what is known of reports that can't come again."""
    conn.execute(delete(request_stats).where(request_stats.c.at < oldest))
    conn.execute(delete(request_reports).where(request_reports.c.received_at < now - REPORTS_KEPT))


def _row(project_id: int, served: Served, minutes: int) -> dict[str, Any]:
    numbers = sorted(served.bins)
    return {
        "project_id": project_id,
        "service": served.service,
        "endpoint": served.endpoint,
        "at": served.at,
        "minutes": minutes,
        "bins": np.array(numbers, BIN).tobytes(),
        "counts": np.array([served.bins[number] for number in numbers], COUNT).tobytes(),
        "errors": dict(served.errors),
        **{name: getattr(served, name) for name in SUMS},
    }


def _several(start: datetime, end: datetime) -> ColumnElement[bool]:
    """The rows of minutes in this time of which there are more than one."""
    s = request_stats.c
    place = (s.project_id, s.service, s.endpoint, s.at)
    within = and_(s.minutes == 1, s.at >= start, s.at < end)
    ids = func.array_agg(s.id).label("ids")
    groups = select(ids).where(within).group_by(*place).having(func.count() > 1).subquery()
    return s.id.in_(select(func.unnest(groups.c.ids)))


def _added_up(
    conn: Connection, which: ColumnElement[bool], minutes: int, zones: Mapping[int, ZoneInfo]
) -> int:
    """Put rows of so many minutes in the place of these; who deletes a row is who adds it."""
    gone = conn.execute(delete(request_stats).where(which).returning(request_stats)).all()
    together: dict[Place, list[Row[Any]]] = defaultdict(list)
    for row in gone:
        zone = zones.get(row.project_id, UTC)
        at = _hour(row.at, zone) if minutes == 60 else row.at
        together[row.project_id, row.service, row.endpoint, at].append(row)
    sums = [_sum(place, rows) | {"minutes": minutes} for place, rows in together.items()]
    if sums:
        conn.execute(insert(request_stats), sums)
    return len(gone)


def _hour(at: datetime, zone: tzinfo) -> datetime:
    """When its hour began where the project is: not all zones are whole hours from UTC."""
    offset = at.astimezone(zone).utcoffset() or timedelta()
    return at - (at - datetime.min.replace(tzinfo=UTC) + offset) % HOUR


def _sum(place: Place, rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """One row of several."""
    bins = np.frombuffer(b"".join(row.bins for row in rows), BIN).astype(np.int64)
    counts = np.frombuffer(b"".join(row.counts for row in rows), COUNT)
    numbers, where = np.unique(bins, return_inverse=True)
    together = np.minimum(np.bincount(where, counts, len(numbers)), MOST_IN_A_BIN)
    errors: Counter[str] = Counter()
    for row in rows:
        errors.update(row.errors)
    return {
        **dict(zip(("project_id", "service", "endpoint", "at"), place, strict=True)),
        **{name: sum(getattr(row, name) for row in rows) for name in SUMS},
        "bins": numbers.astype(BIN).tobytes(),
        "counts": together.astype(COUNT).tobytes(),
        "errors": dict(errors),
    }
