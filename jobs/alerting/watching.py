"""Watching beside the worker: what takes long to read or to draw keeps no other duty waiting."""

import threading
import time
from datetime import UTC, datetime

import structlog
from sqlalchemy import Engine

from jobs.alerting.evaluating import evaluate
from jobs.alerting.telling import escalate, tell

LONGEST_SECONDS = 120.0  # then a pass that hangs is left alone
STOP_SECONDS = 2.0  # that a pass has to end in

log = structlog.get_logger()


class Watcher:
    """Looks at the rules in passes of a thread of its own, one at a time."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._started = 0.0

    def look(self, engine: Engine) -> bool:
        """Begin a pass unless one goes on; whether one was begun."""
        now = time.monotonic()
        if self._is_busy() and now < self._started + LONGEST_SECONDS:
            return False
        self._thread = threading.Thread(target=_watch_safely, args=(engine,), daemon=True)
        self._started = now
        self._thread.start()
        return True

    def stop(self) -> None:
        """Wait a little for the pass to end; what it has not done, the next one does."""
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _is_busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()


def watch(engine: Engine, now: datetime) -> None:
    """One pass: look at the rules, tell of what fires, and once more of what is neglected."""
    evaluate(engine, now)
    tell(engine, now)
    escalate(engine, now)


def _watch_safely(engine: Engine) -> None:
    try:
        watch(engine, datetime.now(UTC))
    except Exception as error:  # noqa: BLE001 - the outermost edge of this thread
        log.error("a pass of alerts failed", error=type(error).__name__)
