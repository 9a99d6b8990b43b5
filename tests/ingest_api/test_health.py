"""What load balancers and Prometheus are told."""

import uuid

import httpx
import pytest
from sqlalchemy import URL, text

from db.engine import make_engine
from ingest_api.app import create_app
from tests.conftest import drop_database
from tests.ingest_api.conftest import EVENTS, event, served
from tests.thorough import thorough


def test_a_process_that_runs_is_healthy(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_it_is_ready_when_database_and_migrations_are(client):
    ready = client.get("/readyz")
    assert ready.status_code == 200
    told = ready.json()
    assert (told["status"], told["database"], told["migrations"]) == ("ok", "ok", "ok")
    assert told["worker_lag_seconds"] >= 0


def test_the_meters_hold_the_lag_of_the_worker(door):
    door.send([event()])
    assert "looplens_rollup_lag_seconds" in door.client.get("/metrics").text


@pytest.fixture
def empty_database(server: URL):
    name = f"looplens_empty_{uuid.uuid4().hex[:12]}"
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    url = server.set(database=name)
    yield url
    drop_database(url, server)


def test_without_migrations_it_is_alive_but_not_ready(empty_database):
    with served(create_app(empty_database)) as address:
        assert httpx.get(f"{address}/healthz").status_code == 200
        ready = httpx.get(f"{address}/readyz")
    assert (ready.status_code, ready.json()["migrations"]) == (503, "missing")


@thorough
def test_without_a_database_it_is_alive_and_says_503_to_events(server):
    nowhere = server.set(database="looplens_nowhere")
    with served(create_app(nowhere)) as address:
        ready = httpx.get(f"{address}/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "unreachable")
        assert httpx.get(f"{address}/metrics").status_code == 200
        asked = {"headers": {"X-API-Key": "any"}}
        answers = [
            httpx.post(address + EVENTS, json=[event()], **asked),
            httpx.post(f"{address}/v1/track", json={}, **asked),
            httpx.get(f"{address}/api/v1/consent?user_id=u1", **asked),
        ]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert [answer.headers["retry-after"] for answer in answers] == ["2", "2", "2"]
    assert list(answers[1].json()) == ["error"]
