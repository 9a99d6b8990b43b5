"""`python -m benchmarks`: measure everything on this machine."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL

from benchmarks import (
    browser,
    business,
    community,
    experiments,
    feedback,
    flags,
    ingest,
    live,
    operations,
    product,
    queries,
    sessions,
)
from benchmarks.machine import describe
from benchmarks.results import Result, show, write
from db import postgres, running
from db.__main__ import make_demo
from db.access import list_projects
from db.engine import make_engine

ROOT = Path(__file__).parent.parent
# On a database of their own, which begins empty.
ALONE = {
    "ingest": ingest.measure,
    "live": live.measure,
    "flags": flags.measure,
    "experiments": experiments.measure,
    "community": community.measure,
    "operations": operations.measure,
    "business": business.measure,
}
PARTS = (*ALONE, "feedback", "queries", "product", "browser", "sessions")


def main(
    only: Annotated[str, typer.Option(help=f"Some of {', '.join(PARTS)}.")] = ",".join(PARTS),
    small: Annotated[int, typer.Option(help="Events of the smaller data set.")] = 1_000_000,
    large: Annotated[int, typer.Option(help="Events of the larger data set.")] = 10_000_000,
) -> None:
    """Load two data sets (once; they are kept in .data/bench-*), measure, print and write JSON."""
    chosen = only.split(",")
    results: list[Result] = []
    machine = describe()
    for part, measure in ALONE.items():
        if part in chosen:
            with postgres.embedded(ROOT / ".data" / f"bench-{part}") as url:
                running.prepare(url)
                results += measure(url)
    if "feedback" in chosen:
        with _loaded(feedback.EVENTS, feedback.COMMENTS) as (url, _):
            results += feedback.measure(url)
    if set(chosen) - {*ALONE, "feedback"}:
        results += _on_data(chosen, small, large)
    show(machine, results)
    name = f"{datetime.now(UTC):%Y-%m-%d-%H%M}.json"
    write(ROOT / "benchmarks" / "results" / name, machine, results)


def _on_data(chosen: list[str], small: int, large: int) -> list[Result]:
    results: list[Result] = []
    with _loaded(small) as (small_url, seconds_small), _loaded(large) as (large_url, seconds_large):
        for events, seconds in ((small, seconds_small), (large, seconds_large)):
            if seconds:
                bound = 600.0 if events >= 10_000_000 else None
                results.append(Result("demo", f"{events:,} events made", seconds, "s", bound))
        sizes = {f"{small:,}": (small_url, "demo"), f"{large:,}": (large_url, "demo")}
        if "queries" in chosen:
            results += queries.measure(sizes)
        if "product" in chosen:
            results += product.measure(large_url)
        if "browser" in chosen:
            results += browser.measure(large_url)
        if "sessions" in chosen:
            results += sessions.measure(large_url)
    return results


@contextmanager
def _loaded(events: int, comments: int | None = None) -> Iterator[tuple[URL, float]]:
    """A database with so many demo events, and the seconds that it took to make them now."""
    name = f"bench-{events}" if comments is None else f"bench-feedback-{comments}"
    with postgres.embedded(ROOT / ".data" / name) as url:
        running.prepare(url)
        started = time.perf_counter()
        made = not _has_demo(url)
        if made:
            make_demo(url, "demo", events, feedback=comments)
        yield url, (time.perf_counter() - started) if made else 0.0


def _has_demo(url: URL) -> bool:
    engine = make_engine(url)
    try:
        with engine.connect() as conn:
            return any(project.is_demo for project in list_projects(conn))
    finally:
        engine.dispose()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    typer.run(main)
