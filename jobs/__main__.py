"""`python -m jobs`: the worker. Stopping it at any point loses nothing."""

import gc
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.engine import database_url, make_engine
from jobs.digest import make_digests
from jobs.erasing import erase_waiting
from jobs.merging import merge
from jobs.notifying import notify
from jobs.rollups import roll
from jobs.segments import count_due
from jobs.sending import send_due
from jobs.sentiment import score_waiting
from jobs.themes.child import ThemeFinder
from jobs.upkeep import keep_up

PACE_SECONDS = 1.5  # between the starts of passes: the more a pass finds, the less each costs
RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 60.0  # of a duty that failed; the others go on meanwhile

log = structlog.get_logger()


@dataclass
class Duty:
    """What the worker does every so many seconds, at most once a pass, and never for long."""

    work: Callable[[Engine], object]
    every: float = 0.0
    due: float = 0.0

    def do(self, engine: Engine) -> None:
        """Do it if it is due; what fails is tried again within a minute."""
        now = time.monotonic()
        if now >= self.due:
            self.due = now + min(self.every, LONGEST_RETRY_SECONDS)
            self.work(engine)
            self.due = now + self.every


def main() -> None:
    """Roll batches up as they come, and do the other duties in their time, until told to stop."""
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    engine = make_engine(database_url(), pool_size=2)
    finder = ThemeFinder()
    duties = (
        Duty(keep_up, every=3_600),
        Duty(roll),
        Duty(erase_waiting),
        Duty(merge, every=30),
        Duty(count_due, every=30),
        Duty(score_waiting),
        Duty(finder.look, every=10),
        Duty(notify, every=5),
        Duty(make_digests, every=60),
        Duty(send_due, every=10),
    )
    gc.freeze()
    while not stopping.is_set():
        started = time.monotonic()
        try:
            for duty in duties:
                duty.do(engine)
            stopping.wait(max(0.0, started + PACE_SECONDS - time.monotonic()))
        except SQLAlchemyError as error:
            log.warning("a pass failed and is tried again", error=type(error).__name__)
            stopping.wait(RETRY_SECONDS)
    finder.stop()
    engine.dispose()


if __name__ == "__main__":
    main()
