"""What is measured of machines and the database: by the minute for two days, then by the hour."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from db.tables import gauges

MINUTES_KEPT = timedelta(days=2)
HOURS_KEPT = timedelta(days=400)
KEYS = ("name", "host", "subject")


@dataclass(frozen=True, slots=True)
class Gauge:
    """One value: of a machine (empty for the database), and of a disk, table or process of it."""

    name: str
    value: float
    host: str = ""
    subject: str = ""


def keep_gauges(conn: Connection, measured: Iterable[Gauge], now: datetime) -> None:
    """Keep them for this minute; what another worker has measured in it already stays."""
    at = now.replace(second=0, microsecond=0)
    rows = [asdict(gauge) | {"at": at} for gauge in measured]
    if rows:
        conn.execute(insert(gauges).values(rows).on_conflict_do_nothing())


def thin(conn: Connection, now: datetime) -> int:
    """Replace the minutes that are past by the means of their hours; forget what is very old.

    Returns the number of hourly values that were made. To do it again changes nothing.
    """
    conn.execute(delete(gauges).where(gauges.c.at < now - HOURS_KEPT))
    until = (now - MINUTES_KEPT).replace(minute=0, second=0, microsecond=0)
    hour = func.date_trunc("hour", gauges.c.at, "UTC")
    fine = select(func.min(hour)).where(gauges.c.at < until, gauges.c.at != hour)
    oldest = conn.execute(fine).scalar_one()
    if oldest is None:
        return 0
    past = delete(gauges).where(gauges.c.at >= oldest, gauges.c.at < until)
    gone = past.returning(*(gauges.c[key] for key in KEYS), gauges.c.at, gauges.c.value).cte("gone")
    at = func.date_trunc("hour", gone.c.at, "UTC")
    keys = [gone.c[key] for key in KEYS]
    means = select(*keys, at, func.avg(gone.c.value)).group_by(*keys, at)
    made = insert(gauges).from_select([*KEYS, "at", "value"], means)
    return len(conn.execute(made.returning(gauges.c.name)).all())
