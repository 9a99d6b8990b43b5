"""What waits to be published: by package or organisation, stream, and day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Text,
    and_,
    cast,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.community.suppression import K, Share
from db.tables import published_blocks, unpublished

ROWS_AT_ONCE = 5_000
Days = Iterator[tuple[date, list[Share]]]


class Stack(NamedTuple):
    """A stream of a package or organisation, of which days wait."""

    project_id: int
    owner: str
    owner_id: int
    stream: str


def stacks(conn: Connection, project_id: int, until: date) -> list[Stack]:
    """Those of a project for which enough people wait to make a block, maybe."""
    u = unpublished.c
    columns = (u.project_id, u.owner, u.owner_id, u.stream)
    enough = func.count(u.actor_key.distinct()) >= K
    ours = u.project_id == project_id, u.day <= until
    found = select(*columns).where(*ours).group_by(*columns).having(enough).order_by(*columns)
    return [Stack(*row) for row in conn.execute(found)]


def last_day(conn: Connection, stack: Stack) -> date:
    """The last day that a block of it holds; what comes for earlier days comes late."""
    b = published_blocks.c
    ours = (b.owner == stack.owner, b.owner_id == stack.owner_id, b.stream == stack.stream)
    found = conn.execute(select(func.max(b.last_day)).where(*ours)).scalar_one()
    return found or date.min


@contextmanager
def days(conn: Connection, stack: Stack, first: date, last: date) -> Iterator[Days]:
    """The shares of these days that wait, day by day, read as they are asked for."""
    u = unpublished.c
    columns = [cast(u.package_id, Text) if name == "package" else u[name] for name in Share._fields]
    chosen = select(*columns).where(_of(stack), u.day.between(first, last)).order_by(u.day)
    with conn.execute(chosen, execution_options={"yield_per": ROWS_AT_ONCE}) as rows:
        by_day = groupby(map(Share._make, rows), key=attrgetter("day"))
        yield ((day, list(shares)) for day, shares in by_day)


def take_away(conn: Connection, stack: Stack, closed: list[date]) -> None:
    """Remove what waited of days that a block holds by now."""
    u = unpublished.c
    conn.execute(
        delete(unpublished).where(_of(stack), u.day == func.any(cast(closed, ARRAY(Date))))
    )


def _of(stack: Stack) -> ColumnElement[bool]:
    u = unpublished.c
    return and_(
        u.project_id == stack.project_id,
        u.owner == stack.owner,
        u.owner_id == stack.owner_id,
        u.stream == stack.stream,
    )
