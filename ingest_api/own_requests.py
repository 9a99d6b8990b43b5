"""How this API itself is doing: its own requests, counted and stored as those of any other."""

import asyncio
import contextlib
from collections import deque

import structlog
from looplens import Requests
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.request_stats import Served, record
from db.tables import INSTALLATION
from ingest_api.formats.requests import EndpointMinute, served

SERVICE = "looplens"
EVERY_SECONDS = 10.0
MOST_WAITING = 10_000  # rows, while the database does not answer; then the oldest are lost

log = structlog.get_logger()


class OwnRequests:
    """Stores what the middleware counts, every few seconds and once more at the end."""

    def __init__(self) -> None:
        self.requests = Requests(SERVICE)
        self._waiting: deque[Served] = deque(maxlen=MOST_WAITING)
        self._stopping = asyncio.Event()

    async def run(self, engine: Engine) -> None:
        """Store until told to stop."""
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), EVERY_SECONDS)
            await asyncio.to_thread(self.store, engine)

    def stop(self) -> None:
        """Have it store once more, and end."""
        self._stopping.set()

    def store(self, engine: Engine) -> None:
        """Store what was counted; what can't be stored now waits."""
        counted = [EndpointMinute.model_validate(row) for row in self.requests.take()]
        self._waiting.extend(served(SERVICE, each) for each in counted)
        if not self._waiting:
            return
        try:
            with engine.begin() as conn:
                record(conn, INSTALLATION, self._waiting)
        except SQLAlchemyError as error:
            log.warning("own requests are not stored yet", error=type(error).__name__)
        else:
            self._waiting.clear()
