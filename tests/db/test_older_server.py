"""The oldest PostgreSQL that is supported, where Debian or somebody else has installed it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL, text

from analytics.filters import Filters
from analytics.product.trends import top_subjects, trend
from analytics.scope import Viewer
from benchmarks.processes import free_port, running
from db.access import create_key, create_project
from db.engine import make_engine
from db.migrate import migrate
from db.postgres import embedded
from jobs.catching_up import catch_up
from tests.thorough import thorough

FOLDERS = (Path("/usr/lib/postgresql/15/bin"), Path("/usr/pgsql-15/bin"))
EVENTS = "/api/v1/analytics/events"
PROGRAMS = next((folder for folder in FOLDERS if (folder / "postgres").exists()), None)

pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL 15 is not installed")


@pytest.fixture(scope="module")
def older_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    with embedded(tmp_path_factory.mktemp("older"), PROGRAMS) as url:
        yield url


@thorough
def test_an_event_becomes_a_chart_on_postgresql_15(older_server: URL) -> None:
    engine = make_engine(older_server)
    migrate(engine)
    with engine.begin() as conn:
        assert conn.execute(text("SHOW server_version_num")).scalar_one().startswith("15")
        project = create_project(conn, "older", consent="opt-out", retention_months=None)
        key = create_key(conn, project.id, "ingest")
    body = [
        {"event_type": "open", "user_id": who, "subject": "x", "timestamp": "2026-03-02T10:00:00Z"}
        | {"event_id": who, "duration_ms": 12, "platform": "web", "session_id": who}
        for who in ("ann", "bob", "ann")
    ]
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    place = {
        "DATABASE_URL": older_server.render_as_string(hide_password=False),
        "API_PORT": str(port),
    }
    with running("ingest_api", f"{address}/readyz", **place):
        answer, again = (
            httpx.post(f"{address}{EVENTS}", json=body, headers={"X-API-Key": key})
            for _ in range(2)
        )
    assert (answer.json()["accepted"], answer.json()["duplicates"]) == (2, 1)
    assert again.json()["duplicates"] == 3
    catch_up(engine)
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    filters = Filters(
        project.id, "UTC", "opt-out", date(2026, 3, 2), date(2026, 3, 4), now, platform=("web",)
    )
    viewer = Viewer(1, "somebody@looplens.example", "admin", frozenset({project.id}))
    with engine.connect() as conn:
        rows = trend(conn, viewer, filters, "actors")
        assert rows[rows["which"] == "current"]["value"].tolist() == [2.0, 0.0]
        assert trend(conn, viewer, filters, "duration_p95").shape[0] > 0
        assert top_subjects(conn, viewer, filters)["events"].tolist() == [2]
    engine.dispose()
