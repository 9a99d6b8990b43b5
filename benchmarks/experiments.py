"""Experiments: a million exposed actors, five metrics and ten million events."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, func, select, update

from analytics.experiments.definition import Measure, Metric
from analytics.experiments.outcomes import (
    a_a,
    baseline,
    exposure_counts,
    outcome_sums,
    outcome_sums_by_dimension,
)
from analytics.experiments.results import results, segments
from analytics.scope import Viewer
from analytics.segments.counting import today
from benchmarks.experiment_data import KEY, filled
from benchmarks.results import Result
from db.access import Project
from db.engine import make_engine
from db.tables import experiments, outcome_days
from jobs.experiments import count

REPEATS = 3
BOUND = 1_000.0  # ms
MEASURES = (
    Metric(1, "primary", "Conversion", Measure("did", "purchase")),
    Metric(2, "secondary", "Revenue", Measure("value", "purchase"), cap=200.0),
    Metric(3, "guardrail", "Error rate", Measure("failures"), Measure("events"), "down"),
    Metric(4, "secondary", "Active days", Measure("days")),
    Metric(5, "secondary", "Slow", Measure("slow", threshold=500.0), Measure("timed"), "down"),
)


def measure(url: URL) -> list[Result]:
    """Fill an empty database, count the experiment in it, then ask what its page asks."""
    engine = make_engine(url)
    project = filled(engine, MEASURES)
    measured = [_counted(engine, "counted at first", None), _counted_again(engine)]
    with engine.connect() as conn:
        viewer = Viewer(1, "bench@looplens.example", "admin", frozenset({project.id}))
        measured += _asked(conn, viewer, project)
    engine.dispose()
    return measured


def _counted(engine: Engine, what: str, before: datetime | None) -> Result:
    """What the worker's thread takes for exposures and every metric, on one core."""
    with engine.begin() as conn:
        conn.execute(update(experiments).values(counted_at=before))
    started = time.perf_counter()
    if not count(engine):
        raise SystemExit("The experiment was not counted.")
    seconds = time.perf_counter() - started
    with engine.connect() as conn:
        theirs = (outcome_days.c.dimension == "") & (outcome_days.c.metric == 1)
        n = conn.execute(select(func.sum(outcome_days.c.n)).where(theirs)).scalar_one()
    return Result("experiments", f"{what}: {n:,} actors, {len(MEASURES)} metrics", seconds, "s")


def _counted_again(engine: Engine) -> Result:
    """The same a minute later: the days that may have changed."""
    return _counted(engine, "the last days counted again", datetime.now(UTC) - timedelta(minutes=1))


def _asked(conn: Connection, viewer: Viewer, project: Project) -> list[Result]:
    number = conn.execute(select(experiments.c.id).where(experiments.c.key == KEY)).scalar_one()
    filters = today(project, datetime.now(UTC))
    kept = (conn, viewer, project.id, number)
    questions: dict[str, Callable[[], Any]] = {
        "exposures by day": partial(exposure_counts, *kept),
        "outcomes by day": partial(outcome_sums, *kept),
        "outcomes by platform": partial(outcome_sums_by_dimension, *kept, "platform"),
        "the page's results": partial(results, conn, viewer, project.id, KEY),
        "the page's segments": partial(segments, conn, viewer, project.id, KEY, "country", 1),
    }
    on_a_click: dict[str, Callable[[], Any]] = {
        "base rate of the primary metric": partial(baseline, conn, viewer, filters, MEASURES[0]),
        "100 splits of A/A": partial(a_a, conn, viewer, filters, MEASURES[0]),
    }
    return [
        Result("experiments", name, _milliseconds(question), "ms", bound)
        for found, bound in ((questions, BOUND), (on_a_click, None))
        for name, question in found.items()
    ]


def _milliseconds(question: Callable[[], Any]) -> float:
    """The median of a few runs."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        question()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1_000
