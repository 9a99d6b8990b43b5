"""`python -m jobs`: the worker. Stopping it at any point loses nothing."""

import gc
import signal
import threading
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.engine import database_url, make_engine
from jobs.packing import merge
from jobs.rollups import roll
from jobs.segments import count_due
from jobs.upkeep import keep_up

PACE_SECONDS = 1.5  # between the starts of passes: the more a pass finds, the less each costs
MERGE_SECONDS = 30.0
SEGMENTS_SECONDS = 30.0  # between looks for those that are due
UPKEEP_SECONDS = 3_600.0
UPKEEP_RETRY_SECONDS = 60.0  # rolling goes on meanwhile
RETRY_SECONDS = 2.0

log = structlog.get_logger()


def main() -> None:
    """Roll batches up as they come, and once an hour do the upkeep, until told to stop."""
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    engine = make_engine(database_url(), pool_size=2)
    upkeep_due = merge_due = segments_due = 0.0
    gc.freeze()
    while not stopping.is_set():
        try:
            if time.monotonic() >= upkeep_due:
                upkeep_due = time.monotonic() + UPKEEP_RETRY_SECONDS
                keep_up(engine)
                upkeep_due = time.monotonic() + UPKEEP_SECONDS
            started = time.monotonic()
            roll(engine)
            if started >= merge_due:
                merge(engine)
                merge_due = started + MERGE_SECONDS
            if started >= segments_due:
                count_due(engine)
                segments_due = started + SEGMENTS_SECONDS
            stopping.wait(max(0.0, started + PACE_SECONDS - time.monotonic()))
        except SQLAlchemyError as error:
            log.warning("a pass failed and is tried again", error=type(error).__name__)
            stopping.wait(RETRY_SECONDS)
    engine.dispose()


if __name__ == "__main__":
    main()
