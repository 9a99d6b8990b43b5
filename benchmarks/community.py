"""Packages, people and organisations: answers about millions of runs, and badges a second."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from uuid import UUID

from sqlalchemy import URL

from benchmarks.community_data import World, fill
from benchmarks.load import Load, get, get_as
from benchmarks.processes import free_port, running
from benchmarks.results import Result
from db.engine import make_engine
from ingest_api.public.figures import METRICS

CONNECTIONS, REQUESTS = 16, 1_000
PUBLIC_REQUESTS = 5_000  # of answers that are worked out once for everybody
BADGES, LEAST_BADGES = 20_000, 1_000
SLOWEST_MS = 100
GROUP = "community"
HERE = "/api/v1/analytics"
# In place of the usual ones, which are there to keep one client from asking so much.
LIMITS = {"RATE_LIMIT": "100000/second", "KEYLESS_RATE_LIMIT": "100000/second"}


def measure(url: URL) -> list[Result]:
    """Fill a registry, then ask one process of the API over HTTP, client included."""
    engine = make_engine(url)
    world, results = fill(engine)
    engine.dispose()
    with _api(url) as address:
        for name, asked in questions(world).items():
            results += _asked(name, [(address + path, token) for path, token in asked])
        results.append(_badges(address, world))
    return results


def questions(world: World) -> dict[str, list[tuple[str, str]]]:
    """What is asked: paths, each with the token of who asks or none.

    Windows are of 1 to 90 days at random, and one's own usage is asked for by many people.
    """
    random = Random(1)

    def windows(path: str, tokens: list[str]) -> list[tuple[str, str]]:
        days = (random.randint(1, 90) for _ in range(REQUESTS))
        return [(f"{HERE}/{path}?days={each}", random.choice(tokens)) for each in days]

    def package() -> UUID:
        return random.choice(world.packages)

    versions = "versions=1.6.0,1.7.0"
    compared = [f"{HERE}/packages/{package()}/compare?{versions}" for _ in range(PUBLIC_REQUESTS)]
    fresh = [f"{HERE}/package/{name}?days={day}" for name in world.packages for day in range(1, 21)]
    usual = [f"{HERE}/package/{package()}" for _ in range(PUBLIC_REQUESTS)]
    return {
        "a package, each window for the first time": _openly(random.sample(fresh, len(fresh))),
        "a package, usual window": _openly(usual),
        "trending": _openly([f"{HERE}/packages/trending"] * PUBLIC_REQUESTS),
        "versions compared": _openly(compared),
        "user/me": windows("user/me", world.people),
        "organization": windows(f"organization/{world.organisation}", [world.head]),
        "author/me": windows("author/me", [world.author]),
    }


def _openly(paths: list[str]) -> list[tuple[str, str]]:
    return [(path, "") for path in paths]


@contextmanager
def _api(url: URL) -> Iterator[str]:
    port = free_port()
    environment = {"DATABASE_URL": url.render_as_string(hide_password=False), **LIMITS}
    address = f"http://127.0.0.1:{port}"
    with running("ingest_api", f"{address}/healthz", API_PORT=str(port), **environment):
        yield address


def _asked(name: str, asked: list[tuple[str, str]]) -> list[Result]:
    load = asyncio.run(get_as(asked, CONNECTIONS))
    return [
        Result(GROUP, f"{name}: p95", load.p95_ms, "ms", SLOWEST_MS),
        Result(GROUP, f"{name}: requests", load.requests / load.seconds, "requests/s"),
        Result(GROUP, f"{name}: failed requests", load.failed, "requests", 0),
    ]


def _badges(address: str, world: World) -> Result:
    random = Random(2)
    urls = [
        f"{address}/badge/{random.choice(world.packages)}/{random.choice(METRICS)}.svg"
        for _ in range(BADGES)
    ]
    load: Load = asyncio.run(get(urls, {}, CONNECTIONS))
    rate = (load.requests - load.failed) / load.seconds
    return Result(GROUP, "badges", rate, "badges/s", LEAST_BADGES, least=True)
