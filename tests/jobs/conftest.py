"""Batches as the writer leaves them, and chance events to fill them with."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from sqlalchemy import URL, Connection, Engine, create_engine, insert

from db.access import Project, create_project
from db.partitions import ensure_months
from db.tables import events, ledger
from tests.conftest import drop_database, make_database
from tests.jobs.reference import Happened

# Around both of Berlin's clock changes, a year's end and a leap day.
MOMENTS = [
    datetime.fromisoformat(moment)
    for moment in (
        "2026-03-28T23:30:00+00:00",
        "2026-03-29T00:59:59.999999+00:00",
        "2026-03-29T01:00:00+00:00",
        "2026-10-25T00:30:00+00:00",
        "2026-10-25T01:30:00+00:00",
        "2025-12-31T23:15:00+00:00",
        "2024-02-29T18:20:00+00:00",
    )
]
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")

happened = st.builds(
    Happened,
    occurred_at=st.one_of(
        st.sampled_from(MOMENTS),
        st.integers(0, 10**10).map(lambda us: MOMENTS[0] + timedelta(microseconds=us * 100)),
    ),
    actor_key=st.integers(-2, 2),
    name=st.sampled_from(["open", "close", "error"]),
    subject=st.sampled_from(["", "a", "ü"]),
    error_type=st.sampled_from(["", "Timeout"]),
    properties=st.sampled_from([None, {"message": "gone"}, {"fingerprint": "one"}]),
    ok=st.booleans(),
    session_key=st.one_of(st.none(), st.integers(-1, 1)),
    duration_ms=st.one_of(
        st.none(),
        st.sampled_from([0.0, 0.0005, 1.0, 999.5, 1e10]),
        st.integers(1, 10_000_000).map(lambda us: us / 1000),
    ),
    value=st.one_of(st.none(), st.integers(-1000, 1000).map(lambda cents: cents / 100)),
    first_use=st.integers(0, 7),
    platform=st.sampled_from(["", "ios"]),
    country=st.sampled_from(["", "DE"]),
)


def store_batch(conn: Connection, project: Project, batch: Sequence[Happened]) -> None:
    """Store the events with their row of the ledger, not rolled yet."""
    times = sorted(event.occurred_at for event in batch)
    row = {
        "project_id": project.id,
        "received_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "accepted": len(batch),
        "outcomes": {"accepted": len(batch), "bot": 1},
        "first_at": times[0] if times else None,
        "last_at": times[-1] if times else None,
    }
    ensure_months(conn, [time.date() for time in times])
    batch_id = conn.execute(insert(ledger).values(row).returning(ledger.c.batch_id)).scalar_one()
    if batch:
        conn.execute(insert(events), [_row(event, project, batch_id) for event in batch])


def _row(event: Happened, project: Project, batch_id: int) -> dict[str, object]:
    return asdict(event) | {
        "project_id": project.id,
        "event_id": uuid.uuid4(),
        "received_at": event.occurred_at,
        "batch_id": batch_id,
        "purpose": "usage",
    }


@pytest.fixture(scope="session")
def rolled_url(server: URL) -> Iterator[URL]:
    """A database for tests that commit, each to a project of its own."""
    url = make_database(server)
    yield url
    drop_database(url, server)


@pytest.fixture(scope="session")
def rolled_engine(rolled_url: URL) -> Iterator[Engine]:
    made = create_engine(rolled_url)
    yield made
    made.dispose()


@pytest.fixture
def make_project(rolled_engine: Engine) -> Callable[..., Project]:
    def make(zone: str = "UTC", **chosen: object) -> Project:
        with rolled_engine.begin() as conn:
            name = f"rolled {uuid.uuid4().hex}"
            kept = {"retention_months": None} | chosen
            return create_project(conn, name, consent="opt-out", timezone=zone, **kept)

    return make


@pytest.fixture
def shop(own_engine: Engine) -> Project:
    """A project in the test's own database."""
    with own_engine.begin() as conn:
        return create_project(conn, "shop")
