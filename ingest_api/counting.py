"""What may be an attack on this API is counted in memory, and written every few seconds."""

import asyncio
import contextlib

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.security import TALLY, WRITE_SECONDS, Tally

log = structlog.get_logger()


class SecurityCounts:
    """Writes what was counted until told to stop, and once more then."""

    def __init__(self, tally: Tally = TALLY) -> None:
        self._tally = tally
        self._stopping = asyncio.Event()

    async def run(self, engine: Engine) -> None:
        """Write until told to stop."""
        stopped = False
        while not stopped:
            with contextlib.suppress(TimeoutError):
                stopped = await asyncio.wait_for(self._stopping.wait(), WRITE_SECONDS)
            await asyncio.to_thread(self._write, engine)

    def stop(self) -> None:
        """Have it write once more, and end."""
        self._stopping.set()

    def _write(self, engine: Engine) -> None:
        try:
            self._tally.write(engine)
        except SQLAlchemyError as error:
            log.warning("security counts are not written yet", error=type(error).__name__)
