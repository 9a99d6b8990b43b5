"""What a report of one page says, in words: the same for HTML and for PDF, and all of it text."""

from dataclasses import dataclass
from datetime import datetime

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with what it is, and what stands below it."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; all columns but the first are numbers."""

    title: str
    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that stands on the page, from top to bottom; `made_at` is wall time of its project.

    `worries` is what to look at first: it stands before the tiles.
    """

    title: str
    subtitle: str
    made_at: datetime
    tiles: tuple[Tile, ...] = ()
    tables: tuple[Table, ...] = ()
    recommendations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    worries: tuple[str, ...] = ()
