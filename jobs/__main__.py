"""`python -m jobs`: the worker. Stopping it at any point loses nothing."""

import gc
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine

from db.audit import act_as
from db.engine import database_url, make_engine
from db.sentry import report_failures, tell
from jobs.alerting import Watcher, add_usual
from jobs.digest import DigestMaker
from jobs.erasing import erase_waiting
from jobs.experiments import ExperimentCounter
from jobs.measuring import Measurer, forget_old
from jobs.merging import merge
from jobs.notifying import notify
from jobs.probing import Prober
from jobs.publishing import Publisher
from jobs.requests import add_up_requests
from jobs.revenue import count_waiting
from jobs.rollups import roll
from jobs.segments import count_due
from jobs.sending import Sender
from jobs.sentiment import score_waiting
from jobs.summaries import Summariser
from jobs.themes.child import ThemeFinder
from jobs.upkeep import keep_up

PACE_SECONDS = 1.5  # between the starts of passes: the more a pass finds, the less each costs
RETRY_SECONDS = 2.0  # at least, after which a duty that failed is tried again
LONGEST_RETRY_SECONDS = 60.0

log = structlog.get_logger()


@dataclass
class Duty:
    """What the worker does every so many seconds, at most once a pass, and never for long."""

    work: Callable[[Engine], object]
    every: float = 0.0
    due: float = 0.0

    def do(self, engine: Engine) -> None:
        """Do it if it is due; what fails is logged and tried again within a minute."""
        now = time.monotonic()
        if now < self.due:
            return
        try:
            self.work(engine)
            self.due = now + self.every
        except Exception as error:  # noqa: BLE001 - nobody above could do more, and others wait
            wait = min(max(self.every, RETRY_SECONDS), LONGEST_RETRY_SECONDS)
            self.due = time.monotonic() + wait
            _tell(error)


def do_due(duties: Iterable[Duty], engine: Engine, stopping: threading.Event) -> None:
    """One pass: each duty that is due, in turn, until told to stop."""
    for duty in duties:
        if stopping.is_set():
            return
        duty.do(engine)


def _tell(error: Exception) -> None:
    """Log what failed and where, but not what the error says, which may be what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.name}:{frame.lineno}" for frame in frames]
    log.error("a duty failed and is tried again", error=type(error).__name__, where=where)
    tell(error)


def main() -> None:
    """Roll batches up as they come, and do the other duties in their time, until told to stop."""
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    act_as("worker")
    report_failures("worker")
    engine = make_engine(database_url(), pool_size=2)
    finder, sender, counter = ThemeFinder(), Sender(), ExperimentCounter()
    watcher, summariser = Watcher(), Summariser()
    duties = (
        Duty(keep_up, every=3_600),
        Duty(roll),
        Duty(erase_waiting),
        Duty(merge, every=30),
        Duty(add_up_requests, every=60),
        Duty(count_due, every=30),
        Duty(count_waiting),
        Duty(Publisher().work),
        Duty(score_waiting),
        Duty(finder.look, every=10),
        Duty(counter.look, every=10),
        Duty(notify, every=5),
        Duty(DigestMaker().make, every=60),
        Duty(summariser.look, every=60),
        Duty(add_usual, every=300),
        Duty(watcher.look, every=5),
        Duty(sender.look, every=10),
        Duty(Measurer().measure, every=60),
        Duty(forget_old, every=3_600),
    )
    prober = Prober(engine)
    prober.start()
    gc.freeze()
    while not stopping.is_set():
        started = time.monotonic()
        do_due(duties, engine, stopping)
        stopping.wait(max(0.0, started + PACE_SECONDS - time.monotonic()))
    prober.stop()
    finder.stop()
    watcher.stop()
    sender.stop()
    counter.stop()
    engine.dispose()


if __name__ == "__main__":
    main()
