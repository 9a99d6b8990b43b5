"""Roll up all that waits, with progress: after a load, and in tests."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine

from jobs.merging import merge
from jobs.revenue import count_waiting
from jobs.rollups import EVENTS_A_PASS, roll, waiting

Progress = Callable[[int, int], None]  # what is done, of how many


def catch_up(
    engine: Engine, progress: Progress | None = None, most_events: int = EVENTS_A_PASS
) -> int:
    """Roll until nothing waits; returns the number of batches."""
    total, done = waiting(engine), 0
    while rolled := roll(engine, most_events):
        done += rolled
        if progress:
            progress(min(done, total), total)
    merge(engine, until=date.max)
    while count_waiting(engine):
        pass
    return done
