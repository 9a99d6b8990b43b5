"""What operations ask of ten million requests, as servers and as clients count them."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import URL, Connection, text

from analytics.filters import Filters
from analytics.operations.health.objectives import standings
from analytics.operations.overview import overview
from analytics.operations.requests.ai import ai_by_model
from analytics.operations.requests.compared import endpoints, standing
from analytics.operations.requests.failing import error_kinds
from analytics.operations.requests.measured import By, Measured, sources
from analytics.operations.requests.series import request_series
from analytics.operations.requests.spread import latency_spread
from analytics.operations.requests.trends import request_trend
from analytics.scope import Viewer
from benchmarks.results import Result
from db.access import Project, create_project
from db.engine import make_engine
from db.request_stats import MINUTES_KEPT, Served, add_up, bins_of, record
from db.slos import SloDraft, save_slo
from db.tables import (
    ai_bins,
    ai_days,
    duration_day,
    duration_hour,
    event_hour,
    kinds,
    request_stats,
)

GROUP = "operations"
BOUND = 200.0  # ms
REPEATS = 3
REQUESTS = 10_000_000
ENDPOINTS, DAYS = 40, 56  # the range and the time before it
TABLES = (request_stats, event_hour, duration_hour, duration_day, kinds, ai_days, ai_bins)
FIGURES = ("p50", "p95", "p99", "per_second", "error_rate")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def measure(url: URL) -> list[Result]:
    """Fill an empty database with counts of requests, then ask what the page asks."""
    engine = make_engine(url)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with engine.connect() as conn:
        project = create_project(conn, "operations", consent="opt-out")
        measured = [_filled(conn, project, now)]
        conn.commit()
        conn.execution_options(isolation_level="AUTOCOMMIT")
        for table in TABLES:
            conn.execute(text(f"VACUUM (ANALYZE) {table.name}"))
        measured += _asked(conn, project, now)
    engine.dispose()
    return measured


def _filled(conn: Connection, project: Project, now: datetime) -> Result:
    """Counts as a worker leaves them; the time is that of adding two days of minutes up."""
    random = np.random.default_rng(7)
    first_minute = now - MINUTES_KEPT
    hours = (now - number * HOUR for number in range(48, 24 * DAYS))
    minutes = (first_minute + number * MINUTE for number in range(48 * 60))
    per_hour = REQUESTS / (24 * DAYS)
    record(conn, project.id, _served(random, hours, per_hour), minutes=60)
    record(conn, project.id, _served(random, minutes, per_hour / 60))
    _as_clients_count(conn, project)
    _promise(conn, project)
    started = time.perf_counter()
    gone = add_up(conn, now + HOUR)
    seconds = time.perf_counter() - started
    return Result(GROUP, f"an hour of minutes added up ({gone:,} rows)", seconds * 1000, "ms")


def _served(
    random: np.random.Generator, times: Iterator[datetime], requests: float
) -> Iterator[Served]:
    """About so many requests at each of these times, over all endpoints."""
    for at in times:
        for number in range(ENDPOINTS):
            n = int(random.poisson(requests / ENDPOINTS))
            took = random.lognormal(4 + number / 20, 0.7, n)
            bins, counts = np.unique(bins_of(took), return_counts=True)
            if n:
                held = dict(zip(bins.tolist(), counts.tolist(), strict=True))
                name, failed = f"GET /v1/{number}", n // 50
                yield Served(
                    at, "shop", name, n, held, failed, errors={"500": failed} if failed else {}
                )


def _promise(conn: Connection, project: Project) -> None:
    """Nine objectives: five of how soon endpoints answer, four of whether they do."""
    for number in range(9):
        name = f"GET /v1/{number}"
        kind, most = ("latency", 300.0) if number < 5 else ("errors", None)
        draft = SloDraft(name, kind, 0.99, service="shop", endpoint=name, threshold_ms=most)
        save_slo(conn, project.id, draft)


def _as_clients_count(conn: Connection, project: Project) -> None:
    """The same as events of clients: two rollups by the hour; and a thirtieth of it as AI calls."""
    place = {"project": project.id}
    for name in ("api_request", "page_view"):
        conn.execute(
            text(
                "INSERT INTO kinds (project_id, name, subject) "
                "SELECT DISTINCT project_id, :name, endpoint FROM request_stats"
            ),
            {"name": name},
        )
    conn.execute(text(HOURS), place)
    for table, moment in (("duration_hour", "hour"), ("duration_day", "day")):
        conn.execute(text(BINS.format(table=table, moment=moment)), place)
    conn.execute(text(AI_DAYS), place)
    conn.execute(text(AI_BINS), place)


# What happened at about the same time lies together, as when a worker adds it.
KINDS = "JOIN kinds k ON k.project_id = s.project_id AND k.subject = s.endpoint "
HOURS = (
    "INSERT INTO event_hour (project_id, hour, kind_id, n, failures) "
    "SELECT s.project_id, date_trunc('hour', s.at), k.id, sum(s.n), sum(s.failures) "
    f"FROM request_stats s {KINDS} WHERE s.project_id = :project GROUP BY 1, 2, 3 ORDER BY 2"
)
EACH = "CROSS JOIN LATERAL generate_series(0, length(s.bins) / 2 - 1) AS place "
BIN = "get_byte(s.bins, 2 * place) * 256 + get_byte(s.bins, 2 * place + 1)"
COUNT = "get_byte(s.counts, 4 * place + 2) * 256 + get_byte(s.counts, 4 * place + 3)"
BINS = (
    "INSERT INTO {table} (project_id, {moment}, kind_id, n, bins, counts) "
    "SELECT project_id, moment, id, sum(n), string_agg(int2send(bin::int2), '' ORDER BY bin), "
    "string_agg(int4send(n::int4), '' ORDER BY bin) FROM (SELECT s.project_id, "
    f"date_trunc('{{moment}}', s.at, 'UTC') AS moment, k.id, {BIN} AS bin, sum({COUNT}) AS n "
    f"FROM request_stats s {KINDS} {EACH} WHERE s.project_id = :project "
    "AND get_byte(s.bins, 2 * place) < 128 GROUP BY 1, 2, 3, 4) each GROUP BY 1, 2, 3 ORDER BY 2"
)
AI_DAYS = (
    "INSERT INTO ai_days (project_id, day, name, model, n, tokens, metered) "
    "SELECT h.project_id, h.hour::date, 'ai_request', k.subject, sum(h.n), sum(h.n) * 90, sum(h.n) "
    "FROM event_hour h JOIN kinds k ON k.id = h.kind_id WHERE k.name = 'api_request' "
    "AND h.project_id = :project GROUP BY 1, 2, 3, 4"
)
AI_BINS = (
    "INSERT INTO ai_bins (project_id, day, name, model, bin, n) "
    f"SELECT s.project_id, s.day, 'ai_request', k.subject, {BIN}, sum({COUNT}) "
    f"FROM duration_day s JOIN kinds k ON k.id = s.kind_id {EACH} "
    "WHERE k.name = 'api_request' AND s.project_id = :project GROUP BY 1, 2, 3, 4, 5 ORDER BY 2"
)


def _asked(conn: Connection, project: Project, now: datetime) -> list[Result]:
    """Each tile over 28 days, compared with those before where the page compares."""
    viewer = Viewer(1, "bench@looplens.example", "admin", frozenset({project.id}))
    end = now.date() + timedelta(days=1)
    asked = (project.id, "UTC", "opt-out", end - timedelta(days=28), end, now)
    day, hour = Filters(*asked), Filters(*asked, "hour", compare=False)
    by: tuple[By, ...] = ("servers", "clients", "pages")
    questions: dict[str, Callable[[], Any]] = {}
    for whose in by:
        about = (conn, viewer, Measured(project.id, whose))
        questions |= {
            f"{whose}: key figures": partial(standing, *about, day),
            f"{whose}: over time": partial(request_trend, *about, day, FIGURES),
            f"{whose}: by hour": partial(request_trend, *about, hour, FIGURES),
            f"{whose}: endpoints": partial(endpoints, *about, day),
            f"{whose}: spread": partial(latency_spread, *about, day),
        }
    servers = (conn, viewer, Measured(project.id))
    questions |= {
        "servers: kinds of failures": partial(error_kinds, *servers, day),
        "servers: minutes of a day": partial(request_series, *servers, now - 24 * HOUR, now, 1),
        "AI calls by model": partial(ai_by_model, conn, viewer, day),
        "who counted them": partial(sources, conn, viewer, day),
        "nine objectives": partial(standings, conn, viewer, project.id, now),
        "overview": partial(overview, conn, viewer, project.id, now),
    }
    return [
        Result(GROUP, name, _milliseconds(question), "ms", BOUND)
        for name, question in questions.items()
    ]


def _milliseconds(question: Callable[[], Any]) -> float:
    """The median of a few runs."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        question()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1_000
