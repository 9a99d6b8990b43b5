"""Published blocks, as others than their people read them: sums of windows of whole days.

A block counts in a window when it lies wholly in it. Each sum is one over people enough to hide
among (docs/privacy.md), and so is each difference of two of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.community import suppression
from analytics.community.sums import NUMBERS, Sums, summed
from analytics.scope import Viewer, visible_published_cells, visible_published_people
from analytics.scope.building import ask, built_once

STEP = suppression.K  # numbers of people are rounded down to multiples of it
TOTAL: tuple[str, ...] = ()  # the key of the one cell that is a whole block
OTHER = suppression.OTHER  # the key under which cells of too few people are put together
BORDERS = 6  # what is asked of the three borders of two windows
THIS, LAST = "this", "last"  # of two windows
Cut = tuple[str, str]  # of a stream, by its keys: ("runs", "version,model")
Cells = dict[tuple[str, ...], Sums]

OWNER_ID = bindparam("owner_id", type_=Integer)
STREAM = bindparam("stream", type_=Text)
CUTS = bindparam("cuts", type_=ARRAY(Text))
START, END = (bindparam(name, type_=Date) for name in ("start", "end"))
BEFORE = bindparam("before", type_=Date)


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


def by_stream(
    conn: Connection, viewer: Viewer, of: Published, window: Window, cuts: Sequence[Cut]
) -> dict[str, dict[str, Cells]]:
    """The sums of each cell of these cuts, by stream, cut and keys; of several streams at once.

    A cut without blocks is empty.
    """
    found: dict[str, dict[str, Cells]] = {stream: {} for stream, _ in cuts}
    for stream, cut in cuts:
        found[stream][cut] = {}
    rows = ask(conn, viewer, _cells_sql, of.owner, tuple(cuts), **_asked(of, window)).all()
    for stream, cut, keys, *numbers in rows:
        found[stream][cut][tuple(keys)] = Sums(*numbers)
    return found


def by_cut(
    conn: Connection, viewer: Viewer, of: Published, window: Window, *cuts: str
) -> dict[str, Cells]:
    """The same of cuts of one stream, by cut and keys."""
    return by_stream(conn, viewer, of, window, [(of.stream, cut) for cut in cuts])[of.stream]


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
    rows = ask(conn, viewer, _daily_sql, of.owner, **_asked(of, window)).all()
    return [(day, rounded(people), Sums(*numbers)) for day, people, *numbers in rows]


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
    found: dict[str, dict[str, int]] = {cut: {} for cut in cuts}
    asked = {"owner_id": of.owner_id, "stream": of.stream, "start": start, "cuts": list(cuts)}
    for cut, key, number in ask(conn, viewer, _people_sql, of.owner, **asked).all():
        found[cut][key] = number
    return found


def compared(
    conn: Connection, viewer: Viewer, of: Published, window: Window
) -> tuple[Sums, Sums] | None:
    """The sums of a window and of as many days before it.

    None where the two can't be told apart: a block has to end with the window's last day, so that
    no day of it waits, and at both earlier borders one ends, or none lies across.
    """
    asked = _asked(of, window) | {"before": window.before.start}
    rows = ask(conn, viewer, _compared_sql, of.owner, **asked).all()
    ended, crossed = (
        [any(row[place] for row in rows) for place in range(first, BORDERS + 1, 2)]
        for first in (1, 2)
    )
    between = (across and not ends for ends, across in zip(ended, crossed, strict=True))
    if not ended[0] or any(between):
        return None
    found = {row.part: Sums(*row[BORDERS + 1 :]) for row in rows}
    return found.get(THIS, Sums()), found.get(LAST, Sums())


def _asked(of: Published, window: Window) -> dict[str, Any]:
    """The parameters that the statements below have in common."""
    asked = {"owner_id": of.owner_id, "stream": of.stream}
    return asked | {"start": window.start, "end": window.end}


@built_once
def _cells_sql(viewer: Viewer, owner: str, cuts: tuple[Cut, ...]) -> Select[Any]:
    c = visible_published_cells(viewer, owner, OWNER_ID)
    by = (c.c.stream, c.c.cut, c.c["keys"])
    streams, names = zip(*cuts, strict=True)  # told besides, for an index to find them by
    told = and_(c.c.stream.in_(streams), c.c.cut.in_(names), tuple_(c.c.stream, c.c.cut).in_(cuts))
    return select(*by, *_added(c)).where(told, _inside(c, START, END)).group_by(*by)


@built_once
def _daily_sql(viewer: Viewer, owner: str) -> Select[Any]:
    c = visible_published_cells(viewer, owner, OWNER_ID)
    query = select(c.c.first_day, func.max(c.c.people), *_added(c)).group_by(c.c.first_day)
    alone = query.where(c.c.cut == "", c.c.first_day == c.c.last_day, c.c.stream == STREAM)
    return alone.where(_inside(c, START, END)).order_by(c.c.first_day)


@built_once
def _people_sql(viewer: Viewer, owner: str) -> Select[Any]:
    p = visible_published_people(viewer, owner)
    query = select(p.c.cut, p.c.key, func.count()).group_by(p.c.cut, p.c.key)
    ours = query.where(p.c.owner_id == OWNER_ID, p.c.stream == STREAM, p.c.cut == any_(CUTS))
    return ours.where(p.c.last_start >= START)


@built_once
def _compared_sql(viewer: Viewer, owner: str) -> Select[Any]:
    """A row a window, and one of what is in neither: what it has at the borders, and its sums."""
    c = visible_published_cells(viewer, owner, OWNER_ID)
    part = case((_inside(c, START, END), THIS), (_inside(c, BEFORE, START), LAST), else_="")
    borders = (each for day in (END, START, BEFORE) for each in _at_border(c, day))
    query = select(part.label("part"), *borders, *_added(c)).group_by("part")
    return query.where(c.c.cut == "", c.c.stream == STREAM, c.c.last_day >= BEFORE - 1)


def _at_border(
    c: Subquery, day: ColumnElement[date]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a block ends just before a day, and whether one lies across that midnight."""
    crossed = (c.c.first_day < day) & (c.c.last_day >= day)
    return func.bool_or(c.c.last_day == day - 1), func.bool_or(crossed)


def _inside(
    c: Subquery, start: ColumnElement[date], end: ColumnElement[date]
) -> ColumnElement[bool]:
    return (c.c.first_day >= start) & (c.c.last_day < end)


def _added(c: Subquery) -> list[ColumnElement[Any]]:
    """The sums of `NUMBERS` in their order."""
    return [cast(func.sum(c.c[name]), c.c[name].type) for name in NUMBERS]
