"""Short questions to the database, asked in a thread; a database that is down is a 503."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from ingest_api.problems import Problem

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger()


async def asked(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the work returns; raises Problem 503 when the database does not answer."""
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except (OperationalError, InterfaceError, TimeoutError) as error:
        log.warning("the database did not answer", error=type(error).__name__)
        raise Problem(503, "The database did not answer.", retry_after=2) from None
