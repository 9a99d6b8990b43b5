"""A client that sends made-up events over HTTP as fast as it is answered."""

import asyncio
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import aiohttp
import orjson

Request = tuple[str, bytes | None, dict[str, str]]  # address, body and headers
NAMES = ("page_view", "feature_use", "command_run", "api_request", "template_used")


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of the client measured."""

    requests: int
    events: int
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    failed: int


def make_event(random: Random, now: datetime) -> dict[str, object]:
    """One event of a skewed population, as a client sends it."""
    person = int(random.paretovariate(0.6)) % 20_000
    return {
        "event_type": NAMES[min(int(random.expovariate(0.9)), 4)],
        "event_id": str(uuid.UUID(int=random.getrandbits(128), version=4)),
        "timestamp": (now - timedelta(seconds=random.uniform(0, 600))).isoformat(),
        "user_id": f"user-{person}",
        "session_id": f"session-{person}-{random.randrange(3)}",
        "platform": ("web", "ios", "android", "cli")[person % 4],
        "app_version": f"2.{person % 5}.0",
        "country": ("US", "DE", "FR", "IN", "BR", "JP")[person % 6],
        "channel": ("direct", "ads", "search")[person % 3],
        "plan": ("free", "pro")[person % 7 == 0],
        "subject": f"thing-{int(random.expovariate(0.1)) % 40}",
        "duration_ms": round(random.lognormvariate(5, 1), 1),
        "success": random.random() > 0.02,
        "properties": {"button": "primary", "position": random.randrange(9)},
    }


def make_bodies(count: int, events: int, seed: int = 1) -> list[bytes]:
    """Bodies of requests with this many events each, all with ids of their own."""
    random, now = Random(seed), datetime.now(UTC)
    return [
        orjson.dumps({"events": [make_event(random, now) for _ in range(events)]})
        for _ in range(count)
    ]


async def send(url: str, key: str, bodies: list[bytes], connections: int) -> Load:
    """Send every body once over this many connections that wait for their answers."""
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    return await _timed([(url, body, headers) for body in bodies], connections)


async def get(urls: list[str], headers: dict[str, str], connections: int) -> Load:
    """Ask for every address once over this many connections that wait for their answers."""
    return await _timed([(url, None, headers) for url in urls], connections)


async def get_as(asked: list[tuple[str, str]], connections: int) -> Load:
    """The same with a token for each address, "" for none."""
    return await _timed([(url, None, _signed(token)) for url, token in asked], connections)


def _signed(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


async def _timed(requests: list[Request], connections: int) -> Load:
    """Make the requests, POST with a body and GET without one."""
    queue, latencies, failed = requests[::-1], [], 0
    accepted = 0

    async def one(session: aiohttp.ClientSession) -> None:
        nonlocal failed, accepted
        while queue:
            (url, body, headers), started = queue.pop(), time.perf_counter()
            method = "GET" if body is None else "POST"
            async with session.request(method, url, data=body, headers=headers) as response:
                answer = await response.read()
                accepted += 0 if body is None else orjson.loads(answer).get("accepted", 0)
                failed += response.status != 200
            latencies.append(time.perf_counter() - started)

    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        began = time.perf_counter()
        await asyncio.gather(*(one(session) for _ in range(connections)))
        seconds = time.perf_counter() - began
    latencies.sort()
    return Load(
        requests=len(requests),
        events=accepted,
        seconds=seconds,
        p50_ms=latencies[len(latencies) // 2] * 1000,
        p95_ms=latencies[int(len(latencies) * 0.95)] * 1000,
        p99_ms=latencies[int(len(latencies) * 0.99)] * 1000,
        failed=failed,
    )
