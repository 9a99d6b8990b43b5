"""The questions of the Executive and Trends pages, under many filters, at two sizes of data."""

import statistics
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, zip_longest
from typing import Any

from sqlalchemy import URL, Connection, Engine, event, text

from analytics.business.summary import headline
from analytics.choices import dimension_values
from analytics.filters import Filters
from analytics.metrics import METRICS
from analytics.operations.intake import freshness
from analytics.product.trends import top_subjects, trend
from analytics.scope import Viewer
from benchmarks.results import Result
from db.access import Project, find_project
from db.engine import make_engine
from db.errors import LooplensError

REPEATS = 3
BOUND = 200.0  # ms
GROWTH = 1.5
EXECUTIVE = ("actors", "new_actors", "events", "error_rate", "stickiness")
Question = Callable[[Connection, Viewer, Filters], Any]


@dataclass(frozen=True, slots=True)
class Timed:
    """One question under one set of filters, in ms: its time, that of its slowest statement, and
    that of the slowest when it was asked first, which may read packs that nobody read before."""

    name: str
    question_ms: float
    statement_ms: float
    first_ms: float


def measure(engines: dict[str, tuple[URL, str]]) -> list[Result]:
    """Per size (a label, its database and project): the median and the slowest; and the growth.

    Each question is asked at all sizes in turn, so that whatever else the machine does meanwhile
    is in the time of each; and when the servers have read what they had in memory when they were
    stopped. What the first of all takes before is told on its own.
    """
    results, medians = [_just_started(engines)], []
    for url, _ in engines.values():
        _wait_until_read(url)
    for label, timed in _in_turn(engines).items():
        slowest = max(timed, key=lambda one: one.statement_ms)
        slowest_question = max(timed, key=lambda one: one.question_ms)
        slowest_first = max(timed, key=lambda one: one.first_ms)
        median = statistics.median(one.statement_ms for one in timed)
        whole = statistics.median(one.question_ms for one in timed)
        medians.append(median)
        group = f"queries at {label}"
        results += [
            Result(group, f"median of {len(timed)} questions' slowest query", median, "ms"),
            Result(group, "median question, Python included", whole, "ms"),
            Result(group, f"slowest query: {slowest.name}", slowest.statement_ms, "ms", BOUND),
            Result(
                group,
                f"slowest query when first asked: {slowest_first.name}",
                slowest_first.first_ms,
                "ms",
                BOUND,
            ),
            Result(
                group,
                f"slowest question, Python included: {slowest_question.name}",
                slowest_question.question_ms,
                "ms",
            ),
            Result(group, "queries within the bound", _share_within(timed), "%", 100, least=True),
        ]
    if len(medians) > 1:
        growth = medians[-1] / medians[0]
        results.append(Result("queries", "growth of the median", growth, "times", GROWTH))
    return results


def _just_started(engines: dict[str, tuple[URL, str]]) -> Result:
    """The slowest query of the first question at the largest size."""
    label, (url, project) = list(engines.items())[-1]
    engine = make_engine(url)
    with closing(time_all(engine, project)) as asking:
        first = next(asking)
    engine.dispose()
    name = f"slowest query just after a start: {first.name}"
    return Result(f"queries at {label}", name, first.first_ms, "ms", BOUND)


def _wait_until_read(url: URL) -> None:
    """Wait until nothing was read into memory for a second (see `db.postgres`)."""
    engine = make_engine(url)
    readers = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autoprewarm worker'"
    quiet = 0
    with engine.connect() as conn:
        while quiet < 10:
            quiet = 0 if conn.execute(text(readers)).scalar_one() else quiet + 1
            time.sleep(0.1)
    engine.dispose()


def _in_turn(engines: dict[str, tuple[URL, str]]) -> dict[str, list[Timed]]:
    """What each size took for each question, by the labels of the sizes."""
    with ExitStack() as stack:
        asking = []
        for url, project in engines.values():
            engine = make_engine(url)
            stack.callback(engine.dispose)
            asking.append(stack.enter_context(closing(time_all(engine, project))))
        rounds = list(zip_longest(*asking))
    columns = ([one for one in column if one] for column in zip(*rounds, strict=True))
    return dict(zip(engines, columns, strict=True))


def _share_within(timed: list[Timed]) -> float:
    return 100 * sum(one.statement_ms <= BOUND for one in timed) / len(timed)


def time_all(engine: Engine, project: str) -> Generator[Timed, None, None]:
    """Every question of the two pages under every set of filters."""
    with engine.connect() as conn:
        found = find_project(conn, project)
        viewer = Viewer(1, "bench@looplens.example", "admin", frozenset({found.id}))
        watch = _Watch(engine)
        for filter_name, filters in filter_sets(conn, viewer, found):
            for question_name, question in questions().items():
                timed = _time(conn, viewer, filters, question, watch)
                if timed:
                    yield Timed(f"{question_name} {filter_name}", *timed)


def questions() -> dict[str, Question]:
    """What the pages ask, by a name for the report."""
    asked: dict[str, Question] = {
        "headline": lambda c, v, f: headline(c, v, f, EXECUTIVE),
        "top subjects": top_subjects,
        "freshness": lambda c, v, f: freshness(c, v, f.project_id, f.now),
        "dimension values": lambda c, v, f: dimension_values(c, v, f.project_id),
    }
    for key in METRICS:
        asked[f"trend of {key}"] = lambda c, v, f, key=key: trend(c, v, f, key)  # type: ignore[misc]
    for key in ("actors", "events", "error_rate", "new_actors", "sessions"):
        asked[f"{key} by country"] = lambda c, v, f, key=key: trend(c, v, f, key, "country")  # type: ignore[misc]
    return asked


def filter_sets(
    conn: Connection, viewer: Viewer, project: Project
) -> Iterator[tuple[str, Filters]]:
    """28 days with every combination of dimensions, 90 days with none, each and all of them.

    A dimension that is filtered keeps its two commonest values: the more rows, the slower.
    """
    now = datetime.now(UTC)
    values = dimension_values(conn, viewer, project.id)
    commonest = {name: tuple(found[:2]) for name, found in values.items()}
    for days in (28, 90):
        start = now.date() - timedelta(days=days - 1)
        end = now.date() + timedelta(days=1)
        plain = Filters(project.id, project.timezone, project.consent, start, end, now)
        counts = range(len(commonest) + 1) if days == 28 else (0, 1, len(commonest))
        for count in counts:
            for chosen in combinations(commonest, count):
                named = "+".join(chosen) or "without filters"
                picked = {name: commonest[name] for name in chosen}
                yield f"{days}d {named}", replace(plain, **picked)  # type: ignore[arg-type]


class _Watch:
    """The longest time of a statement since it was last asked."""

    def __init__(self, engine: Engine) -> None:
        self.longest = 0.0
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, *_: Any) -> None:
        self._started = time.perf_counter()

    def _after(self, *_: Any) -> None:
        self.longest = max(self.longest, time.perf_counter() - self._started)


def _time(
    conn: Connection, viewer: Viewer, filters: Filters, question: Question, watch: _Watch
) -> tuple[float, float, float] | None:
    """Medians of the question and of its slowest statement, and that of the first time; None where
    it is refused."""
    wholes, statements = [], []
    for _ in range(REPEATS):
        watch.longest = 0.0
        started = time.perf_counter()
        try:
            question(conn, viewer, filters)
        except LooplensError:
            return None
        wholes.append(time.perf_counter() - started)
        statements.append(watch.longest)
    medians = statistics.median(wholes), statistics.median(statements)
    return medians[0] * 1000, medians[1] * 1000, statements[0] * 1000
