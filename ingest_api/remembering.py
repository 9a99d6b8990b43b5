"""Answers that are kept for a while: of requests that want the same at once, one works it out."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _Kept(Generic[V]):
    made: asyncio.Task[V]
    until: float


class Remembered(Generic[K, V]):
    """At most `most` answers, each for so many seconds; what failed is not kept."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._kept: dict[K, _Kept[V]] = {}

    def holds(self, key: K) -> bool:
        """Whether the answer is there, or on its way."""
        kept = self._kept.get(key)
        return kept is not None and kept.until >= time.monotonic() and not _failed(kept.made)

    async def of(self, key: K, make: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The answer for this key, which `make` works out where it is not held."""
        if not self.holds(key):
            if len(self._kept) >= self._most:
                self._kept.clear()
            until = time.monotonic() + self._seconds
            self._kept[key] = _Kept(asyncio.create_task(make()), until)
        made = self._kept[key].made
        return made.result() if made.done() else await asyncio.shield(made)


def _failed(made: asyncio.Task[Any]) -> bool:
    return made.done() and (made.cancelled() or made.exception() is not None)
