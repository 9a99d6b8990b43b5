"""Published blocks, as others than their people read them: sums of windows of whole days.

A block counts in a window when it lies wholly in it. Each sum is one over people enough to hide
among (docs/privacy.md), and so is each difference of two of them.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from operator import add, attrgetter
from typing import Any, Self, TypeVar

from sqlalchemy import ColumnElement, Connection, Subquery, and_, func, select

from analytics.community import suppression
from analytics.scope import (
    Viewer,
    visible_published_cells,
    visible_published_people,
)

STEP = suppression.K  # numbers of people are rounded down to multiples of it
TOTAL: tuple[str, ...] = ()  # the key of the one cell that is a whole block
OTHER = suppression.OTHER  # the key under which cells of too few people are put together


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
        return type(self)(*map(add, _numbers(self), _numbers(other)))

    def __sub__(self, other: Self) -> Self:
        """What is left; never below 0."""
        pairs = zip(_numbers(self), _numbers(other), strict=True)
        return type(self)(*(max(all_ - part, 0) for all_, part in pairs))

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
_numbers = attrgetter(*NUMBERS)
K = TypeVar("K", bound=Hashable)
BORDERS = 6  # what is asked of the three borders of two windows
Cells = dict[tuple[str, ...], Sums]


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


def summed(many: Iterable[Sums]) -> Sums:
    """All of them together."""
    return Sums(*map(sum, zip(*map(_numbers, many), strict=True)))


def summed_by(pairs: Iterable[tuple[K, Sums]]) -> dict[K, Sums]:
    """Those of each key together."""
    found: dict[K, list[Sums]] = {}
    for key, sums in pairs:
        found.setdefault(key, []).append(sums)
    return {key: summed(many) if len(many) > 1 else many[0] for key, many in found.items()}


def by_cut(
    conn: Connection, viewer: Viewer, of: Published, window: Window, *cuts: str
) -> dict[str, Cells]:
    """The sums of each cell of these cuts, by cut and keys; a cut without blocks is empty."""
    c = visible_published_cells(viewer, of.owner, of.owner_id)
    query = select(c.c.cut, c.c["keys"], *_added(c)).group_by(c.c.cut, c.c["keys"])
    found: dict[str, Cells] = {cut: {} for cut in cuts}
    for cut, keys, *numbers in conn.execute(query.where(c.c.cut.in_(cuts), _within(c, of, window))):
        found[cut][tuple(keys)] = _sums(numbers)
    return found


def cells(conn: Connection, viewer: Viewer, of: Published, window: Window, cut: str = "") -> Cells:
    """The sums of each cell of a cut by its keys; TOTAL is the only one of the cut ''."""
    return by_cut(conn, viewer, of, window, cut)[cut]


def total(conn: Connection, viewer: Viewer, of: Published, window: Window) -> Sums:
    """The sums of all blocks of a window."""
    return cells(conn, viewer, of, window).get(TOTAL, Sums())


def closed(cells: Cells, totals: Sums, keys: int = 1) -> Cells:
    """The cells of a cut by so many keys, with all that the cut does not tell in `other`.

    A cut waits longer for enough people than the total: its blocks may hold other days.
    """
    missing = totals - summed(cells.values())
    rest = (OTHER,) * keys
    return cells | {rest: cells.get(rest, Sums()) + missing} if missing.n else cells


def daily(
    conn: Connection, viewer: Viewer, of: Published, window: Window
) -> list[tuple[date, int, Sums]]:
    """Each day that has a block of its own: the day, its people (rounded) and its sums.

    What came late for a day makes another block of it; its people may be the same, so that those of
    the largest block count.
    """
    c = visible_published_cells(viewer, of.owner, of.owner_id)
    query = select(c.c.first_day, func.max(c.c.people), *_added(c)).group_by(c.c.first_day)
    alone = query.where(c.c.cut == "", c.c.first_day == c.c.last_day, _within(c, of, window))
    rows = conn.execute(alone.order_by(c.c.first_day))
    return [(day, rounded(people), _sums(numbers)) for day, people, *numbers in rows]


def people(
    conn: Connection, viewer: Viewer, of: Published, start: date, cut: str = ""
) -> dict[str, int]:
    """The distinct people of the blocks from a day on, by the key of a cut ('' of the cut '').

    They are exact, to be counted with; what is shown of them is `rounded`.
    """
    return people_by_cut(conn, viewer, of, start, cut)[cut]


def people_by_cut(
    conn: Connection, viewer: Viewer, of: Published, start: date, *cuts: str
) -> dict[str, dict[str, int]]:
    """The same of several cuts."""
    p = visible_published_people(viewer, of.owner)
    query = select(p.c.cut, p.c.key, func.count()).group_by(p.c.cut, p.c.key)
    ours = and_(p.c.owner_id == of.owner_id, p.c.stream == of.stream, p.c.cut.in_(cuts))
    found: dict[str, dict[str, int]] = {cut: {} for cut in cuts}
    for cut, key, number in conn.execute(query.where(ours, p.c.last_start >= start)):
        found[cut][key] = number
    return found


def compared(
    conn: Connection, viewer: Viewer, of: Published, window: Window
) -> tuple[Sums, Sums] | None:
    """The sums of a window and of as many days before it.

    None where the two can't be told apart: a block has to end with the window's last day, so that
    no day of it waits, and at both earlier borders one ends, or none lies across.
    """
    c = visible_published_cells(viewer, of.owner, of.owner_id)
    now, before = window, window.before
    asked = [
        *(each for day in (now.end, now.start, before.start) for each in _at_border(c, day)),
        *(each for part in (now, before) for each in _added(c, _days(c, part))),
    ]
    row = conn.execute(select(*asked).where(c.c.cut == "", c.c.stream == of.stream)).one()
    borders, sums = row[:BORDERS], row[BORDERS:]
    ended, crossed = borders[::2], borders[1::2]
    between = (across and not ends for ends, across in zip(ended, crossed, strict=True))
    if not ended[0] or any(between):
        return None
    return _sums(sums[: len(NUMBERS)]), _sums(sums[len(NUMBERS) :])


def _at_border(c: Subquery, day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a block ends just before a day, and whether one lies across that midnight."""
    ended = c.c.last_day == day - timedelta(days=1)
    crossed = (c.c.first_day < day) & (c.c.last_day >= day)
    return func.bool_or(ended), func.bool_or(crossed)


def _within(c: Subquery, of: Published, window: Window) -> ColumnElement[bool]:
    return and_(c.c.stream == of.stream, _days(c, window))


def _days(c: Subquery, window: Window) -> ColumnElement[bool]:
    return (c.c.first_day >= window.start) & (c.c.last_day < window.end)


def _added(c: Subquery, which: ColumnElement[bool] | None = None) -> list[ColumnElement[Any]]:
    """The sums of the numbers, of some rows where they are named."""
    added = [func.sum(c.c[name]) for name in NUMBERS]
    return list(added) if which is None else [each.filter(which) for each in added]


def _sums(numbers: Sequence[Any]) -> Sums:
    """The sums as `_added` selects them: the numbers in their order, None where no row was."""
    told = {name: number or 0 for name, number in zip(NUMBERS, numbers, strict=True)}
    whole: dict[str, Any] = {name: int(number) for name, number in told.items()}
    return Sums(**whole | {"duration_sum": float(told["duration_sum"])})
