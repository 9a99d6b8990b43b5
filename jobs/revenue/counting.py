"""Which customers are counted, and when; stopping it at any point loses and repeats nothing."""

import time
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, func, select, update

from db.locks import REVENUE_LOCK
from db.sentry import tell
from db.tables import customers, projects
from jobs.revenue.sums import add, drop_zeros, take_out
from jobs.revenue.trials import paying_since

TOGETHER = 20_000  # customers a transaction
LONGEST_PASS = 2.0  # seconds, after which the rest waits for the next pass

log = structlog.get_logger()


def count_waiting(engine: Engine, together: int = TOGETHER) -> int:
    """Count who waits, some thousands a transaction, for about LONGEST_PASS; returns how many.

    A project that can't be counted is logged and keeps no other waiting.
    """
    until, counted = time.monotonic() + LONGEST_PASS, 0
    for project_id in _with_waiting(engine):
        try:
            counted += _count_until(engine, project_id, together, until)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are counted
            log.error("revenue is not counted", project=project_id, error=type(error).__name__)
            tell(error)
    return counted


def _count_until(engine: Engine, project_id: int, together: int, until: float) -> int:
    counted, more = 0, 1
    while more and time.monotonic() < until:
        with engine.begin() as conn:
            more = _count_some(conn, project_id, together)
        counted += more
    return counted


def count_customers(conn: Connection, project_id: int, together: int = TOGETHER) -> int:
    """Count all who wait in a project, in this transaction; returns how many.

    Who is being changed by somebody else in this moment goes on waiting.
    """
    counted = 0
    while more := _count_some(conn, project_id, together):
        counted += more
    return counted


def _with_waiting(engine: Engine) -> list[int]:
    """The projects in which somebody waits, shuffled: in each pass another has the time."""
    c = customers.c
    waits = select(c.project_id).where(c.project_id == projects.c.id, ~c.is_counted).exists()
    with engine.connect() as conn:
        found = select(projects.c.id).where(waits).order_by(func.random())
        return list(conn.execute(found).scalars())


def _count_some(conn: Connection, project_id: int, together: int) -> int:
    """Count some of those who wait.

    Who records a change holds the customer's row until the change is there for all to see, so that
    nobody is marked as counted without it.
    """
    conn.execute(select(func.pg_advisory_xact_lock(REVENUE_LOCK, project_id)))
    zone: Any = conn.execute(select(projects.c.timezone).where(projects.c.id == project_id))
    keys = _waiting(conn, project_id, together)
    if keys:
        counted_before = take_out(conn, project_id, keys)
        add(conn, project_id, zone.scalar_one(), keys)
        if counted_before:
            drop_zeros(conn, project_id)
        mark_counted(conn, project_id, keys)
    return len(keys)


def mark_counted(conn: Connection, project_id: int, keys: Sequence[int]) -> None:
    """Let these customers wait no longer, and keep since when they pay."""
    since = paying_since(project_id, keys).c
    ours = customers.c.project_id == project_id, customers.c.customer_key == since.customer_key
    told = {name: since[name] for name in ("first_paid_at", "first_unpaid_at")}
    conn.execute(update(customers).where(*ours).values(is_counted=True, **told))


def _waiting(conn: Connection, project_id: int, together: int) -> list[int]:
    c = customers.c
    waiting = select(c.customer_key).where(c.project_id == project_id, ~c.is_counted)
    some = waiting.order_by(c.customer_key).limit(together)
    return list(conn.execute(some.with_for_update(skip_locked=True)).scalars())
