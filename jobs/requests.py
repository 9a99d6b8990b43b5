"""Counts of requests are added up to minutes and hours, and forgotten when their time is over."""

from datetime import UTC, datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import Engine

from db.request_stats import STATS_MONTHS, add_up, forget


def add_up_requests(engine: Engine, now: datetime | None = None) -> int:
    """Make one row of those of a minute, and hours of minutes; returns how many rows went."""
    with engine.begin() as conn:
        return add_up(conn, now or datetime.now(UTC))


def forget_requests(engine: Engine, now: datetime | None = None) -> None:
    """Forget counts of more than two years ago, and reports that can't come again."""
    now = now or datetime.now(UTC)
    with engine.begin() as conn:
        forget(conn, now, now - relativedelta(months=STATS_MONTHS))
