"""Work beside the worker: what may take long has a thread of its own, one pass at a time."""

import threading
import time
from collections.abc import Callable

import structlog
from sqlalchemy import Engine

from db.sentry import tell

BESIDE = "beside"  # how the names of these threads begin
STOP_SECONDS = 2.0  # that a pass has to end in

log = structlog.get_logger()


class Beside:
    """Passes of `work` in a thread: a slow one keeps no other duty waiting, and none fails it.

    A pass that takes longer than `longest` seconds is left alone with what it hangs on.
    """

    def __init__(self, work: Callable[[Engine], object], longest: float) -> None:
        self._work = work
        self._longest = longest
        self._thread: threading.Thread | None = None
        self._started = 0.0

    def look(self, engine: Engine) -> bool:
        """Begin a pass unless one goes on; whether one was begun."""
        now = time.monotonic()
        busy = self._thread is not None and self._thread.is_alive()
        if busy and now < self._started + self._longest:
            return False
        self._thread = threading.Thread(
            target=self._pass, args=(engine,), name=f"{BESIDE} {self._work.__name__}", daemon=True
        )
        self._started = now
        self._thread.start()
        return True

    def stop(self) -> None:
        """Wait a little for the pass to end; what it has not done, the next one does."""
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _pass(self, engine: Engine) -> None:
        try:
            self._work(engine)
        except Exception as error:  # noqa: BLE001 - the outermost edge of this thread
            where = f"{self._work.__module__}.{self._work.__name__}"
            log.error("a pass failed", of=where, error=type(error).__name__)
            tell(error)
