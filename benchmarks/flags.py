"""Flags: evaluations a second over HTTP of one process of the API, client included."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random

import orjson
from sqlalchemy import URL, BigInteger, Connection, cast, func, insert, literal, select

from analytics.experiments.assignment import variant_of
from benchmarks.load import Load, send
from benchmarks.processes import free_port, running
from benchmarks.results import Result
from db.access import create_key, create_project, project_secret
from db.engine import make_engine
from db.experiments.checking import Draft
from db.experiments.drafting import create_experiment
from db.experiments.kept import Variant, find_experiment
from db.experiments.running import start_experiment
from db.identity import actor_key
from db.tables import exposures

REQUESTS, CONNECTIONS = 30_000, 24
SEEN, OTHERS, FLAGS = 20_000, 1_000_000, 20  # people on record, and switches in the project
LEAST, SLOWEST_MS = 3_000, 20
HALVES = (Variant("control", 5_000), Variant("b", 5_000))
PRIMARY = '[{"id": 1, "role": "primary"}]'
BUTTON = Draft("experiment", "button", "The button", HALVES, "control", metrics=PRIMARY)
SWITCH = (Variant("off", 0, False), Variant("on", 10_000, True))
GERMANS = '[{"kind": "dimension", "dimension": "country", "values": ["DE", "AT"]}]'


def measure(url: URL) -> list[Result]:
    """All figures of evaluating, in a project of its own that keeps everything."""
    with _project(url) as (target, key):
        asyncio.run(send(f"{target}/button", key, _bodies("seen", 2_000), CONNECTIONS))
        seen = asyncio.run(send(f"{target}/button", key, _bodies("seen"), CONNECTIONS))
        new = asyncio.run(send(f"{target}/button", key, _bodies("new"), CONNECTIONS))
        flag = asyncio.run(send(f"{target}/switch-0", key, _bodies("seen"), CONNECTIONS))
        bulk = asyncio.run(send(target, key, _bodies("seen", REQUESTS // 5), CONNECTIONS))
    failed = sum(load.failed for load in (seen, new, flag, bulk))
    return [
        *_results("an experiment, known people", seen, LEAST, SLOWEST_MS),
        *_results("an experiment, new people, each logged", new),
        *_results("a flag", flag, LEAST, SLOWEST_MS),
        *_results(f"all of {FLAGS + 1} at once", bulk),
        Result("flags", "failed requests", failed, "requests", 0),
    ]


@contextmanager
def _project(url: URL) -> Iterator[tuple[str, str]]:
    """Where its flags are evaluated by a process of the API, and its key."""
    engine = make_engine(url)
    with engine.begin() as conn:
        name = f"flags {time.time_ns()}"
        project = create_project(conn, name, consent="opt-out", retention_months=None)
        key = create_key(conn, project.id, "ingest")
        _fill(conn, project.id)
    engine.dispose()
    port = free_port()
    address = url.render_as_string(hide_password=False)
    environment = {"DATABASE_URL": address, "API_PORT": str(port), "RATE_LIMIT": "100000/second"}
    with running("ingest_api", f"http://127.0.0.1:{port}/healthz", **environment):
        yield f"http://127.0.0.1:{port}/ofrep/v1/evaluate/flags", key


def _fill(conn: Connection, project_id: int) -> None:
    """An experiment with people on record, and switches for some countries."""
    experiment_id = create_experiment(conn, project_id, BUTTON)
    start_experiment(conn, project_id, BUTTON.key)
    place = {"experiment_id": experiment_id, "project_id": project_id, "phase": 1, "cell_id": 0}
    said = place | {"variant": "b", "exposed_at": datetime.now(UTC)}
    _expose(conn, project_id, said, [f"seen-{number}" for number in range(SEEN)])
    number = func.generate_series(1, OTHERS).column_valued("n")
    hashed = func.hashint8extended(cast(number, BigInteger), literal(1, BigInteger))
    others = select(hashed, *(literal(value) for value in said.values()))
    conn.execute(insert(exposures).from_select(["actor_key", *said], others))
    for number_of_flag in range(FLAGS):
        key = f"switch-{number_of_flag}"
        create_experiment(
            conn, project_id, Draft("flag", key, key, SWITCH, "off", targeting=GERMANS)
        )
        start_experiment(conn, project_id, key)


def _expose(conn: Connection, project_id: int, said: dict[str, object], units: list[str]) -> None:
    """Put people on record with what their hash gives them."""
    secret = project_secret(conn, project_id)
    salt = find_experiment(conn, project_id, BUTTON.key).salt
    rows = [
        said | {"actor_key": actor_key(secret, unit), "variant": variant_of(salt, HALVES, unit).key}
        for unit in units
    ]
    conn.execute(insert(exposures), rows)


def _bodies(who: str, count: int = REQUESTS) -> list[bytes]:
    """Requests for people who come back at random, or for people who come once."""
    random = Random(who)
    numbers = range(count) if who == "new" else (random.randrange(SEEN) for _ in range(count))
    countries = ("US", "DE", "FR", "AT")
    return [
        orjson.dumps(
            {
                "context": {
                    "targetingKey": f"{who}-{number}",
                    "country": countries[number % 4],
                    "platform": "web",
                    "plan": "pro",
                }
            }
        )
        for number in numbers
    ]


def _results(
    name: str, load: Load, least: float | None = None, slowest: float | None = None
) -> list[Result]:
    rate = load.requests / load.seconds
    return [
        Result("flags", f"{name}: requests", rate, "requests/s", least, least=True),
        Result("flags", f"{name}: p99", load.p99_ms, "ms", slowest),
    ]
