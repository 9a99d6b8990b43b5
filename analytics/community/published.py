"""Published blocks, as others than their people read them: sums of windows of whole days.

A block counts in a window when it lies wholly in it. Each sum is one over people enough to hide
among (docs/privacy.md), and so is each difference of two of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from operator import add
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Row, Subquery, and_, false, func, select

from analytics.scope import (
    Viewer,
    visible_blocks,
    visible_published_cells,
    visible_published_people,
)

STEP = 5  # numbers of people are rounded down to multiples of it
TOTAL: tuple[str, ...] = ()  # the key of the one cell that is a whole block
OTHER = "other"  # the key under which cells of too few people are put together


@dataclass(frozen=True, slots=True)
class Sums:
    """What is added up of runs, downloads or ratings; durations are in ms.

    `timed` runs have a duration, `metered` ones told their tokens; `good` ratings are 4 or 5.
    """

    n: int = 0
    failures: int = 0
    timed: int = 0
    metered: int = 0
    tokens: int = 0
    credits: int = 0
    score_sum: int = 0
    good: int = 0
    duration_sum: float = 0.0

    def __add__(self, other: Self) -> Self:
        pairs = ((getattr(self, name), getattr(other, name)) for name in NUMBERS)
        return type(self)(*(add(*pair) for pair in pairs))

    @property
    def success(self) -> float | None:
        """The share of runs without error, 0 to 1."""
        return (self.n - self.failures) / self.n if self.n else None

    @property
    def duration_ms(self) -> float | None:
        """The mean duration of the runs that have one."""
        return self.duration_sum / self.timed if self.timed else None

    @property
    def tokens_each(self) -> float | None:
        """The mean number of tokens of the runs that told it."""
        return self.tokens / self.metered if self.metered else None

    @property
    def rating(self) -> float | None:
        """The mean of the ratings, 1 to 5."""
        return self.score_sum / self.n if self.n else None


NUMBERS = tuple(field.name for field in fields(Sums))


@dataclass(frozen=True, slots=True)
class Window:
    """The whole days [start, end) that are asked about."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.end - self.start).days

    @property
    def before(self) -> Self:
        """As many days just before."""
        return type(self)(self.start - timedelta(days=self.days), self.start)


@dataclass(frozen=True, slots=True)
class Published:
    """Whose blocks are read: `owner` is package or organisation; `stream` as blocks have it."""

    owner: str
    owner_id: int
    stream: str = "runs"


def window(until: date | None, days: int) -> Window | None:
    """The last `days` days up to and with the last that is published; None before the first is."""
    if until is None:
        return None
    end = until + timedelta(days=1)
    return Window(end - timedelta(days=days), end)


def rounded(people: int) -> int:
    """A number of people as it may be shown."""
    return people - people % STEP


def cells(
    conn: Connection, viewer: Viewer, of: Published, window: Window, cut: str = ""
) -> dict[tuple[str, ...], Sums]:
    """The sums of each cell of a cut by its keys; TOTAL is the only one of the cut ''."""
    c = visible_published_cells(viewer, of.owner, of.owner_id)
    added = [func.sum(c.c[name]).label(name) for name in NUMBERS]
    query = select(c.c["keys"].label("cell"), *added).group_by(c.c["keys"])
    rows = conn.execute(query.where(c.c.cut == cut, *_within(c, of, window))).all()
    return {tuple(row.cell): _sums(row) for row in rows}


def total(conn: Connection, viewer: Viewer, of: Published, window: Window) -> Sums:
    """The sums of all blocks of a window."""
    return cells(conn, viewer, of, window).get(TOTAL, Sums())


def daily(
    conn: Connection, viewer: Viewer, of: Published, window: Window
) -> list[tuple[date, int, Sums]]:
    """Each day that has a block of its own: the day, its people (rounded) and its sums.

    What came late for a day makes another block of it; its people may be the same, so that those of
    the largest block count.
    """
    c = visible_published_cells(viewer, of.owner, of.owner_id)
    added = [func.sum(c.c[name]).label(name) for name in NUMBERS]
    people = func.max(c.c.people).label("people")
    query = select(c.c.first_day, people, *added).group_by(c.c.first_day).order_by(c.c.first_day)
    one_day = c.c.first_day == c.c.last_day
    rows = conn.execute(query.where(c.c.cut == "", one_day, *_within(c, of, window)))
    return [(row.first_day, rounded(row.people), _sums(row)) for row in rows]


def people(
    conn: Connection, viewer: Viewer, of: Published, start: date, cut: str = ""
) -> dict[str, int]:
    """The distinct people of the blocks from a day on, by the key of a cut ('' of the cut '').

    They are exact, to be counted with; what is shown of them is `rounded`.
    """
    p = visible_published_people(viewer, of.owner)
    ours = and_(p.c.owner_id == of.owner_id, p.c.stream == of.stream, p.c.cut == cut)
    query = select(p.c.key, func.count().label("people")).group_by(p.c.key)
    rows = conn.execute(query.where(ours, p.c.last_start >= start))
    return {row.key: row.people for row in rows}


def compared(
    conn: Connection, viewer: Viewer, of: Published, window: Window
) -> tuple[Sums, Sums] | None:
    """The sums of a window and of as many days before it.

    None where the two can't be told apart: a block has to end with the window's last day, so that
    no day of it waits, and at both earlier borders one ends, or none lies across.
    """
    before = window.before
    last, *earlier = _borders(conn, viewer, of, (window.end, window.start, before.start))
    if not last.ended or any(each.crossed and not each.ended for each in earlier):
        return None
    now, then = (total(conn, viewer, of, each) for each in (window, before))
    return now, then


@dataclass(frozen=True, slots=True)
class _Border:
    """Whether a block ends just before a day, and whether one lies across that midnight."""

    ended: bool
    crossed: bool


def _borders(
    conn: Connection, viewer: Viewer, of: Published, days: Sequence[date]
) -> list[_Border]:
    b = visible_blocks(viewer, of.owner, of.owner_id)
    asked: list[ColumnElement[bool]] = []
    for day in days:
        asked.append(b.c.last_day == day - timedelta(days=1))
        asked.append((b.c.first_day < day) & (b.c.last_day >= day))
    found = conn.execute(
        select(*(func.coalesce(func.bool_or(each), false()) for each in asked)).where(
            b.c.stream == of.stream
        )
    ).one()
    return [_Border(*pair) for pair in zip(found[::2], found[1::2], strict=True)]


def _within(c: Subquery, of: Published, window: Window) -> tuple[ColumnElement[bool], ...]:
    return c.c.stream == of.stream, c.c.first_day >= window.start, c.c.last_day < window.end


def _sums(row: Row[Any]) -> Sums:
    found = row._mapping
    whole = {name: int(found[name]) for name in NUMBERS[:-1]}
    return Sums(**whole, duration_sum=float(found["duration_sum"]))
