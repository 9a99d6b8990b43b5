"""The client: events and counts of requests wait in memory, and a thread of its own sends them."""

import atexit
import logging
import os
import threading
import time
import uuid
import weakref
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from looplens.requests import Requests
from looplens.sending import TIMEOUT_SECONDS, backoff, checked, encoded, post

EVENTS = "/api/v1/analytics/events"
REQUESTS = "/api/v1/performance/requests"
BATCH = 500  # events, or rows of a report, in one request
MOST_WAITING = 10_000  # events; what comes when so many wait is dropped and counted
MOST_REPORTS = 360  # an hour of them
REPORT_SECONDS = 10.0
EXIT_SECONDS = 2.0

log = logging.getLogger("looplens")


def may_track() -> bool:
    """Whether DO_NOT_TRACK allows to send anything (https://consoledonottrack.com)."""
    return os.environ.get("DO_NOT_TRACK", "").strip().lower() in ("", "0", "false")


class Client:
    """Sends events, and what `requests` counts, to a project of Looplens.

    Nothing that it does raises or waits, but for `flush` and `close`. With DO_NOT_TRACK set it
    sends nothing. `dropped` counts the events that were not sent, since too many waited, JSON
    can't say them, or they were refused.
    """

    def __init__(
        self,
        key: str,
        url: str = "http://127.0.0.1:8000",
        *,
        service: str = "app",
        every: float = 5.0,
    ) -> None:
        self.enabled = may_track()
        self.dropped = 0
        self.requests = Requests(service, self._wake_up)
        self.requests.enabled = self.enabled
        self._key, self._url, self._every = key, checked(url), every
        self._events: deque[bytes] = deque()  # each as JSON
        self._reports: deque[bytes] = deque(maxlen=MOST_REPORTS)
        self._begin()
        if hasattr(os, "register_at_fork"):
            mine = weakref.WeakMethod(self._renew)
            os.register_at_fork(after_in_child=lambda: (renew := mine()) and renew())

    def track(
        self,
        event_type: str,
        user_id: str | None = None,
        *,
        timestamp: datetime | None = None,
        **members: Any,
    ) -> None:
        """Send that something happened; other members are those of an event of the API.

        For example subject, session_id, platform, app_version, duration_ms, success, properties.
        """
        if not self.enabled:
            return
        event = {"event_id": str(uuid.uuid4()), "event_type": event_type, **members}
        event |= {"timestamp": (timestamp or datetime.now(UTC)).isoformat()}
        written = _written(event | ({"user_id": user_id} if user_id else {}))
        with self._lock:
            if written is None or len(self._events) >= MOST_WAITING:
                self.dropped += 1
                return
            self._events.append(written)
        self._wake_up(at_once=len(self._events) >= BATCH)

    def flush(self, seconds: float = 5.0) -> bool:
        """Send all that waits, and wait for it; whether that was done in about so many seconds."""
        if not self._sending.acquire(timeout=seconds):
            return False
        try:
            self._report_due = 0.0
            return self._attempt(seconds) == 0
        finally:
            self._sending.release()

    def close(self, seconds: float = EXIT_SECONDS) -> None:
        """Send what waits, for about as long as that, and end the thread."""
        atexit.unregister(self.close)
        self._stopping.set()
        self._wake.set()
        self.flush(seconds)
        if self._thread is not None:
            self._thread.join(seconds)

    def _begin(self) -> None:
        self._lock, self._sending = threading.Lock(), threading.Lock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._report_due, self._tries = 0.0, 0

    def _renew(self) -> None:
        """Begin anew in a child process: what waits is its parent's to send."""
        self._begin()
        self._events.clear()
        self._reports.clear()
        self.requests.renew()

    def _wake_up(self, *, at_once: bool = False) -> None:
        """See to it that there is a thread; at once, that it sends now."""
        if self._thread is None and not self._stopping.is_set():
            with self._lock:
                if self._thread is None:
                    self._start()
        if at_once:
            self._wake.set()

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="looplens", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # there are too many now, or Python ends: the next call tries again
            return
        self._thread = thread
        atexit.register(self.close)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(self._every)
            self._wake.clear()
            with self._sending:
                wait = self._attempt()
            self._stopping.wait(wait)

    def _attempt(self, seconds: float = TIMEOUT_SECONDS) -> float:
        """As `_send_all`, whatever it meets: where the thread ends, nothing is sent any more."""
        try:
            return self._send_all(seconds)
        except Exception:
            log.exception("Looplens could not be sent anything")
            self._tries += 1
            return backoff(self._tries, 0.0)

    def _send_all(self, seconds: float = TIMEOUT_SECONDS) -> float:
        """Send what waits; 0, or the seconds after which to try again."""
        if time.monotonic() >= self._report_due:
            self._report_due = time.monotonic() + REPORT_SECONDS
            self._reports.extend(_reports(self.requests))
        while self._reports:
            wait = self._send(REQUESTS, _sent_now(self._reports[0]), seconds)
            if wait:
                return wait
            self._reports.popleft()
        while self._events:
            batch = list(islice(self._events, BATCH))
            body = b'{"events": [%b]}' % b", ".join(batch)
            wait = self._send(EVENTS, _sent_now(body), seconds, events=len(batch))
            if wait:
                return wait
            for _ in batch:
                self._events.popleft()
        return 0.0

    def _send(self, path: str, body: bytes, seconds: float, events: int = 0) -> float:
        """0 when it was taken or refused for good, which is logged; else when to try again."""
        outcome = post(self._url + path, self._key, body, seconds)
        if outcome.again:
            self._tries += 1
            return backoff(self._tries, outcome.wait)
        self._tries = 0
        if not outcome.taken:
            self.dropped += events
            log.warning("Looplens refused what was sent: %s", outcome.told)
        return 0.0


def _written(body: dict[str, Any]) -> bytes | None:
    """As JSON; None, which is logged, where JSON can't say it."""
    try:
        return encoded(body)
    except Exception as error:  # noqa: BLE001 - of the __str__ of anybody's object
        log.warning("Looplens drops what JSON can't say: %s", type(error).__name__)
        return None


def _sent_now(body: bytes) -> bytes:
    """An object in JSON with what the clock says now, by which the server corrects its times."""
    return b'{"sent_at": "%b", %b' % (datetime.now(UTC).isoformat().encode(), body[1:])


def _reports(requests: Requests) -> Iterator[bytes]:
    """What was counted, in reports that are not too large, each with an id of its own."""
    rows = requests.take()
    for first in range(0, len(rows), BATCH):
        about = {"report_id": str(uuid.uuid4()), "service": requests.service}
        written = _written(about | {"requests": rows[first : first + BATCH]})
        if written is not None:
            yield written
