"""What every kind of file is read as."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest_api.event import Reject

Row = dict[str, Any]  # values by column
Numbered = tuple[int, Row | Reject]  # the row's line in its file, with what it holds


@dataclass(frozen=True, slots=True)
class Rows:
    """A file's rows, read as they are asked for."""

    columns: tuple[str, ...]
    numbered: Iterator[Numbered]
    position: Callable[[int], tuple[int, int]]  # from rows read to what is done, of how much


def unreadable(message: str) -> Reject:
    """The verdict on a row that is none."""
    return Reject("invalid", message)
