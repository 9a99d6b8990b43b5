"""What waits to be published: by package or organisation, stream and day.

First for enough people to be told at all; then, with the id of the block that its total is part of,
for enough of them to be cut.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Select,
    Text,
    and_,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.community.detailing import Counted
from analytics.community.suppression import Block, K, Share
from db.tables import published_blocks, published_cells, unpublished

ROWS_AT_ONCE = 5_000
Days = Iterator[tuple[date, list[Share]]]


class Stack(NamedTuple):
    """A stream of a package or organisation, of which days wait."""

    project_id: int
    owner: str
    owner_id: int
    stream: str


def stacks(conn: Connection, project_id: int, until: date) -> list[Stack]:
    """Those of a project of which enough people wait to be published, maybe."""
    u = unpublished.c
    columns = (u.project_id, u.owner, u.owner_id, u.stream)
    enough = func.count(u.actor_key.distinct()) >= K
    ours = u.project_id == project_id, u.day <= until
    found = select(*columns).where(*ours).group_by(*columns).having(enough).order_by(*columns)
    return [Stack(*row) for row in conn.execute(found)]


def last_day(conn: Connection, stack: Stack) -> date:
    """The last day that a block of it holds; what comes for earlier days comes late."""
    b = published_blocks.c
    found = conn.execute(select(func.max(b.last_day)).where(_made_of(stack))).scalar_one()
    return found or date.min


@contextmanager
def days(conn: Connection, stack: Stack, first: date, last: date) -> Iterator[Days]:
    """The shares of these days that no block holds, day by day, read as they are asked for."""
    u = unpublished.c
    chosen = _shares().where(_of(stack), u.block_id.is_(None), u.day.between(first, last))
    with conn.execute(
        chosen.order_by(u.day), execution_options={"yield_per": ROWS_AT_ONCE}
    ) as rows:
        by_day = groupby(map(Share._make, rows), key=attrgetter("day"))
        yield ((day, list(shares)) for day, shares in by_day)


def counted(conn: Connection, stack: Stack, latest: date) -> list[Counted]:
    """The blocks of totals, up to the last day of them, that are not cut in all ways yet, in order.

    One of which somebody was erased is not: its cells would tell, next to its total, of whom.
    """
    u, b, c = unpublished.c, published_blocks.c, published_cells.c
    whole = and_(c.block_id == b.id, c.cut == "")
    rows = conn.execute(
        _shares(u.block_id, b.first_day, b.last_day, c.n.label("whole"))
        .join(published_blocks, b.id == u.block_id)
        .join(published_cells, whole)
        .where(_of(stack), u.day <= latest)
        .order_by(u.block_id)
    )
    width = len(Share._fields)
    blocks = []
    for (block_id, first, last, n), each in groupby(rows, key=lambda row: row[width:]):
        shares = [Share._make(row[:width]) for row in each]
        if sum(share.n for share in shares) == n:
            blocks.append(Counted(block_id, Block(first, last, shares)))
    return blocks


def cut_through(conn: Connection, stack: Stack) -> dict[str, int]:
    """For each cut the id of the last block of totals that it holds."""
    b = published_blocks.c
    latest = select(b.cut, func.max(b.through).label("through")).group_by(b.cut)
    found = conn.execute(latest.where(_made_of(stack), b.through.is_not(None)))
    return {row.cut: row.through for row in found}


def put_by(conn: Connection, stack: Stack, held: Sequence[Counted]) -> None:
    """Note which block holds what waited, and leave out of it what the block leaves out."""
    if not held:
        return
    pairs = {share.day: each.id for each in held for share in each.block.shares}
    u, given = unpublished.c, _pairs(pairs)
    within = u.day.between(min(pairs), max(pairs))
    ours = and_(_of(stack), within, u.block_id.is_(None), u.day == given.c.day)
    conn.execute(update(unpublished).where(ours).values(block_id=given.c.block_id))
    for names in (("timed", "duration_sum"), ("metered", "tokens")):
        without = [
            each.id for each in held if not any(getattr(s, names[0]) for s in each.block.shares)
        ]
        blank = update(unpublished).where(_of(stack), u.block_id.in_(without), u[names[0]] > 0)
        conn.execute(blank.values(dict.fromkeys(names, 0)))


def take_away(conn: Connection, stack: Stack, told: Sequence[Block]) -> None:
    """Remove what waited of blocks that are told in full."""
    u = unpublished.c
    found = sorted({share.day for block in told for share in block.shares})
    these = u.day == func.any(cast(found, ARRAY(Date)))
    conn.execute(delete(unpublished).where(_of(stack), u.block_id.is_(None), these))


def take_through(conn: Connection, stack: Stack, block_id: int, latest: date) -> None:
    """Remove what waited, up to a day, of blocks up to this id, which are cut in all ways."""
    u = unpublished.c
    conn.execute(delete(unpublished).where(_of(stack), u.day <= latest, u.block_id <= block_id))


def _shares(*more: ColumnElement[Any]) -> Select[Any]:
    """The columns of a share, and these."""
    u = unpublished.c
    package = cast(u.package_id, Text)
    columns = [package if name == "package" else u[name] for name in Share._fields]
    return select(*columns, *more).select_from(unpublished)


def _pairs(ids: dict[date, int]) -> Any:
    given = func.unnest(cast(list(ids), ARRAY(Date)), cast(list(ids.values()), ARRAY(BigInteger)))
    return given.table_valued("day", "block_id").render_derived("given")


def _of(stack: Stack) -> ColumnElement[bool]:
    return _is(unpublished.c, stack)


def _made_of(stack: Stack) -> ColumnElement[bool]:
    return _is(published_blocks.c, stack)


def _is(columns: Any, stack: Stack) -> ColumnElement[bool]:
    return and_(*(columns[name] == value for name, value in stack._asdict().items()))
