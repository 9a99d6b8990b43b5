"""Upkeep: partitions made ahead, and what is past its retention dropped or forgotten."""

from datetime import UTC, datetime, timedelta

import structlog
from dateutil.relativedelta import relativedelta
from sqlalchemy import Connection, Engine, delete, select, text

from db.locks import wait_at_most
from db.migrate import months_ahead
from db.partitions import drop_month, ensure_months, existing_months, next_month
from db.security import forget_counts
from db.tables import (
    access_tokens,
    customer_failures,
    customer_movements,
    customer_payments,
    customer_plans,
    customer_trials,
    customer_unpriced,
    customers,
    error_groups,
    error_people,
    event_minutes,
    event_pack,
    events,
    exposures,
    feedback,
    invitations,
    ledger,
    member_days,
    payments,
    projects,
    published_cells,
    published_people,
    rollup_pack,
    runs,
    sign_ins,
    subscription_changes,
    unpublished,
    votes,
)
from jobs.aggregation import ROLLUPS
from jobs.closing import anonymise_closed
from jobs.expiring import drop_old_runs
from jobs.forgetting import forget_old_feedback
from jobs.grouping import oldest_minute
from jobs.merging import merge
from jobs.requests import forget_requests
from jobs.rollups import rebuild_outdated

LEDGER_KEPT = timedelta(days=30)
COUNTS_KEPT = timedelta(days=400)  # of what may be an attack: a year, to be compared with
LATE = timedelta(days=2)  # after which most of a day has come, so that its packs become one
SAID = (feedback, invitations, votes)
PACKS = (rollup_pack, event_pack)
RAN = (runs, unpublished, published_cells, published_people, member_days)
EARNED = (
    *(customers, subscription_changes, payments),
    *(customer_plans, customer_movements, customer_payments, customer_failures, customer_trials),
    customer_unpriced,
)
LONGEST_WAIT = "5s"  # for a lock that, while we wait for it, holds up all who store or read

log = structlog.get_logger()


def keep_up(engine: Engine, now: datetime | None = None) -> None:
    """Do all of it once."""
    now = now or datetime.now(UTC)
    rebuild_outdated(engine)
    merge(engine, until=now.date() - LATE)
    forget_requests(engine, now)
    with engine.begin() as conn:
        ensure_months(conn, months_ahead(now))
    with engine.begin() as conn:
        wait_at_most(conn, LONGEST_WAIT)
        drop_expired(conn, now)
        drop_old_runs(conn, now)
        forget_old_feedback(conn, now)
        anonymise_closed(conn, now)
        forget_counts(conn, now - COUNTS_KEPT)
        conn.execute(delete(sign_ins).where(sign_ins.c.expires_at < now))
        over = (access_tokens.c.expires_at < now) | (access_tokens.c.revoked_at < now)
        conn.execute(delete(access_tokens).where(over))


def drop_expired(conn: Connection, now: datetime) -> None:
    """Drop months that every project is done with; delete the rest of each project's old events."""
    longest = _cutoffs(conn, now)
    if all(cutoff is not None for cutoff in longest.values()):
        oldest = min((cutoff for cutoff in longest.values() if cutoff), default=None)
        for month in sorted(existing_months(conn)):
            if oldest and next_month(month) <= oldest.date():
                drop_month(conn, month)
                log.info("dropped a month of events", month=str(month))
    for project_id, cutoff in longest.items():
        if cutoff:
            _drop_before(conn, project_id, cutoff)
    conn.execute(delete(event_minutes).where(event_minutes.c.minute < oldest_minute(now)))
    _drop_ledger(conn, now)


def _drop_before(conn: Connection, project_id: int, cutoff: datetime) -> None:
    """Delete a project's events, their packs, who was exposed or met by a failure, and the causes
    of failures that were last seen before."""
    times = (events.c.occurred_at, exposures.c.exposed_at, error_groups.c.last_seen)
    days = (event_pack.c.day, error_people.c.day)
    before = [(at, cutoff) for at in times] + [(day, cutoff.date()) for day in days]
    for column, end in before:
        past = (column.table.c.project_id == project_id) & (column < end)
        conn.execute(delete(column.table).where(past))


def _cutoffs(conn: Connection, now: datetime) -> dict[int, datetime | None]:
    """Per project the instant before which it keeps nothing; None where it keeps everything."""
    rows = conn.execute(select(projects.c.id, projects.c.retention_months)).all()
    return {row.id: _before(now, row.retention_months) for row in rows}


def _before(now: datetime, months: int | None) -> datetime | None:
    return None if months is None else now - relativedelta(months=months)


def _drop_ledger(conn: Connection, now: datetime) -> None:
    """Rolled rows are only history; the intake rollup keeps their sums."""
    conn.execute(delete(ledger).where(ledger.c.rolled_at < now - LEDGER_KEPT))


def analyze(engine: Engine) -> None:
    """Let the planner know tables that were just filled, and mark their pages as all visible."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        for table in (*ROLLUPS, error_groups, *PACKS, events, exposures, *SAID, *RAN, *EARNED):
            conn.execute(text(f"VACUUM (ANALYZE) {table.name}"))
