"""Columns of packs that this process has read before, so that none is read twice.

A pack of a rollup never changes: what is merged, made anew or rid of a person is a pack of another
number. Which packs there are, and who may see them, is asked for each time. `measures.cells` keeps
here what it has read, too.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Pool

MOST_BYTES = 128 * 2**20  # that a process remembers
UNUSED_SECONDS = 600.0  # after which a pack is forgotten

Pack = dict[str, Any]  # columns by their names: NumPy's, or others that tell `nbytes`
Key = TypeVar("Key", bound=Hashable)  # the number of a pack, or another name of what was read


@dataclass(slots=True)
class Remembered:
    """Packs by their key, with the columns that were read; the longest unused goes first."""

    most_bytes: int = MOST_BYTES
    _packs: OrderedDict[Hashable, tuple[float, Pack]] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: Lock = field(default_factory=Lock)

    def having(self, numbers: Iterable[Key], names: Iterable[str]) -> dict[Key, Pack]:
        """Those of these packs of which all of these columns are remembered."""
        now, wanted = time.monotonic(), set(names)
        with self._lock:
            known = {n: self._packs[n][1] for n in numbers if n in self._packs}
            found = {n: dict(pack) for n, pack in known.items() if wanted <= pack.keys()}
            for number in found:
                self._packs[number] = (now, known[number])
                self._packs.move_to_end(number)
        return found

    def remember(self, read: Mapping[Key, Pack]) -> None:
        """Remember what was read; not what alone would push out most of the rest."""
        size = sum(_size(pack) for pack in read.values())
        with self._lock:
            if size <= self.most_bytes // 4:
                for number, pack in read.items():
                    self._add(number, pack)
            self._forget()

    def _add(self, number: Hashable, pack: Pack) -> None:
        _, known = self._packs.pop(number, (0.0, {}))
        self._packs[number] = (time.monotonic(), known | pack)
        self._bytes += _size(known | pack) - _size(known)

    def _forget(self) -> None:
        unused = time.monotonic() - UNUSED_SECONDS
        while self._packs:
            used, pack = next(iter(self._packs.values()))
            if used >= unused and self._bytes <= self.most_bytes:
                return
            self._packs.popitem(last=False)
            self._bytes -= _size(pack)


_remembered: WeakKeyDictionary[Pool, Remembered] = WeakKeyDictionary()


def remembered_of(conn: Connection) -> Remembered:
    """What is remembered of the database to which this connection, one of a pool, leads."""
    return _remembered.setdefault(conn.engine.pool, Remembered())


def _size(pack: Pack) -> int:
    return sum(int(column.nbytes) for column in pack.values())
