"""What was acknowledged is there exactly once, whatever died meanwhile."""

import contextlib
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL, Engine, select

from db import postgres
from db.access import create_key, create_project, find_project
from db.engine import make_engine
from db.migrate import migrate
from db.tables import events, ledger, runs
from tests.ingest_api.conftest import EVENTS
from tests.processes import free_port, running_api
from tests.runs_written import write_packages
from tests.thorough import thorough

THREADS = 4
EVENTS_A_BATCH = 20
RUNS = "/api/v1/analytics/runs"


class Load:
    """Clients that send batches with known ids, and repeat each until it is acknowledged."""

    def __init__(
        self, address: str, key: str, batches: int, path: str = EVENTS, **members: str
    ) -> None:
        self._address, self._headers, self._path = address, {"X-API-Key": key}, path
        said = members or {"event_type": "open"}
        self._batches = [[_item(said) for _ in range(EVENTS_A_BATCH)] for _ in range(batches)]
        self.sent = [item["event_id"] for batch in self._batches for item in batch]
        self.acknowledged: set[str] = set()
        self.answers: Counter[int] = Counter()
        self.lost_connections = 0
        self._giving_up = False
        self.retry_after: set[str | None] = set()
        self._threads = [threading.Thread(target=self._send) for _ in range(THREADS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def give_up(self) -> None:
        """Send what is under way once more at most."""
        self._giving_up = True
        self._batches.clear()
        for thread in self._threads:
            thread.join(timeout=60)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(timeout=60)
        assert self.acknowledged == set(self.sent)

    def _next(self) -> list[dict[str, str]]:
        with contextlib.suppress(IndexError):
            return self._batches.pop()
        return []

    def _send(self) -> None:
        with httpx.Client(base_url=self._address, headers=self._headers) as client:
            while batch := self._next():
                while not self._is_acknowledged(client, batch):
                    if self._giving_up:
                        return
                    time.sleep(0.02)
                self.acknowledged |= {item["event_id"] for item in batch}

    def _is_acknowledged(self, client: httpx.Client, batch: list[dict[str, str]]) -> bool:
        try:
            answer = client.post(self._path, json=batch)
        except httpx.TransportError:
            self.lost_connections += 1
            return False
        self.answers[answer.status_code] += 1
        if answer.status_code == 503:
            self.retry_after.add(answer.headers.get("retry-after"))
        return answer.status_code == 200


def _item(members: dict[str, str]) -> dict[str, str]:
    return members | {
        "event_id": str(uuid.uuid4()),
        "user_id": f"u{random.randrange(50)}",
        "timestamp": datetime.now(UTC).isoformat(),
    }


def make_project(url: URL) -> str:
    """The key of a new project in this database."""
    engine = make_engine(url)
    with engine.begin() as conn:
        key = create_key(conn, create_project(conn, "loaded", consent="opt-out").id, "ingest")
    engine.dispose()
    return key


def stored_ids(url: URL) -> list[str]:
    """Of the events that are there, after checking that the ledger counts them all."""
    engine = make_engine(url)
    with engine.connect() as conn:
        found = [str(each) for each in conn.execute(select(events.c.event_id)).scalars()]
        assert sum(conn.execute(select(ledger.c.accepted)).scalars()) == len(found)
    engine.dispose()
    return found


@thorough
def test_an_api_that_is_killed_under_load_has_lost_nothing_that_it_acknowledged(own_database):
    key, port = make_project(own_database), free_port()
    with running_api(own_database, port) as api:
        load = Load(api.address, key, batches=400)
        load.start()
        while len(load.acknowledged) < EVENTS_A_BATCH * 20:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.3))
        api.kill()
    acknowledged, found = set(load.acknowledged), stored_ids(own_database)
    assert 0 < len(acknowledged) < len(load.sent)
    assert acknowledged <= set(found)
    assert len(found) == len(set(found))
    with running_api(own_database, port):
        load.wait()
    assert sorted(stored_ids(own_database)) == sorted(load.sent)
    assert load.lost_connections
    assert set(load.answers) == {200}


@thorough
def test_a_run_is_there_exactly_when_its_event_is_whatever_dies(own_database, own_engine):
    key, port = make_project(own_database), free_port()
    with own_engine.begin() as conn:
        write_packages(conn, find_project(conn, "loaded"), "code-reviewer")
    with running_api(own_database, port) as api:
        load = Load(api.address, key, 300, RUNS, package="code-reviewer", model="m1")
        load.start()
        while len(load.acknowledged) < EVENTS_A_BATCH * 20:
            time.sleep(0.01)
        api.kill()
    acknowledged, found = set(load.acknowledged), run_ids(own_engine)
    assert 0 < len(acknowledged) < len(load.sent)
    assert acknowledged <= set(found)
    assert sorted(found) == sorted(stored_ids(own_database))
    with running_api(own_database, port):
        load.wait()
    assert sorted(run_ids(own_engine)) == sorted(load.sent) == sorted(stored_ids(own_database))


def run_ids(engine: Engine) -> list[str]:
    with engine.connect() as conn:
        return [str(each) for each in conn.execute(select(runs.c.run_id)).scalars()]


@thorough
def test_an_api_that_is_told_to_stop_answers_what_it_has_taken(own_database):
    key = make_project(own_database)
    with running_api(own_database) as api:
        load = Load(api.address, key, batches=200)
        load.start()
        while len(load.acknowledged) < EVENTS_A_BATCH * 20:
            time.sleep(0.01)
        assert api.stop() == ""
        load.give_up()
    assert sorted(stored_ids(own_database)) == sorted(load.acknowledged)


@thorough
def test_two_apis_that_are_sent_the_same_store_it_once(own_database):
    key = make_project(own_database)
    with running_api(own_database) as one, running_api(own_database) as other:
        first = Load(one.address, key, batches=40)
        second = Load(other.address, key, batches=0)
        second._batches, second.sent = [batch[::-1] for batch in first._batches], first.sent
        first.start()
        second.start()
        first.wait()
        second.wait()
    assert sorted(stored_ids(own_database)) == sorted(first.sent)
    assert set(first.answers | second.answers) <= {200, 503}


@pytest.fixture
def own_server(data_folder: Path):
    """A server that the test may break, and its folder."""
    with postgres.embedded(data_folder) as url:
        engine = make_engine(url)
        migrate(engine)
        engine.dispose()
        yield url, data_folder


@thorough
def test_a_database_that_breaks_off_under_load_has_lost_nothing_acknowledged(own_server):
    url, data = own_server
    key = make_project(url)
    with running_api(url) as api:
        load = Load(api.address, key, batches=300)
        load.start()
        while len(load.acknowledged) < EVENTS_A_BATCH * 20:
            time.sleep(0.01)
        break_off(data)
        acknowledged = set(load.acknowledged)
        time.sleep(0.5)
        assert httpx.get(f"{api.address}/healthz").status_code == 200
        assert httpx.get(f"{api.address}/readyz").status_code == 503
        postgres.start(data)
        load.wait()
        assert httpx.get(f"{api.address}/readyz").status_code == 200
    assert 0 < len(acknowledged) < len(load.sent)
    assert sorted(stored_ids(url)) == sorted(load.sent)
    assert set(load.answers) == {200, 503}
    assert load.retry_after == {"2"}
    assert not load.lost_connections


def break_off(data: Path) -> None:
    """Stop the server at once, without a checkpoint: its next start has to recover."""
    pid = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    while postgres.is_running(data):
        time.sleep(0.02)
