"""Pages take turns: one is drawn at a time, and goes aside while it waits for its answers.

Python runs one thread at a time. Of pages that are drawn side by side each is ready as late as the
last one, and each change from one to another costs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Semaphore

LONGEST_WAIT = 0.5  # seconds, after which a page goes ahead: nobody waits for one that hangs

_TURN = Semaphore(1)
_mine: ContextVar["_Mine | None"] = ContextVar("mine", default=None)


class _Mine:
    """Whether the turn is this page's; it may be drawn without, when it has waited too long."""

    def __init__(self) -> None:
        self.held = False

    def take(self) -> None:
        self.held = _TURN.acquire(timeout=LONGEST_WAIT)

    def give(self) -> None:
        if self.held:
            _TURN.release()
        self.held = False


@contextmanager
def turn() -> Iterator[None]:
    """Draw a page within this block, when it is its turn."""
    mine = _Mine()
    mine.take()
    before = _mine.set(mine)
    try:
        yield
    finally:
        _mine.reset(before)
        mine.give()


@contextmanager
def aside() -> Iterator[None]:
    """Let others draw while this block waits; nothing for what is no page, such as a thread."""
    mine = _mine.get()
    if mine is None:
        yield
        return
    mine.give()
    try:
        yield
    finally:
        mine.take()
