"""Keeping: blocks are stored with their cells, whom they count, and which members they list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from operator import attrgetter, itemgetter
from typing import Any, cast
from zoneinfo import ZoneInfo

from psycopg import Connection as PsycopgConnection
from psycopg import sql
from sqlalchemy import BigInteger, Connection, Date, Text, func, insert, literal, select
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.community.detailing import Cut
from analytics.community.listing import listed
from analytics.community.suppression import Share
from db.tables import (
    SUMS,
    member_days,
    organisation_members,
    organisations,
    projects,
    published_blocks,
    published_cells,
    published_people,
)
from jobs.publishing.waiting import Stack

COUNTED = {"package": ("",), "organisation": ("", "team", "package")}
"""The cuts whose people are counted over several blocks."""

Person = tuple[str, str, int]  # of a cut, in the cell of a key


def keep(conn: Connection, stack: Stack, made: Sequence[Cut]) -> list[int]:
    """Store blocks, which nothing changes from then on; returns their ids, which grow."""
    if not made:
        return []
    owned = stack._asdict()
    names = ("first_day", "last_day", "through")
    values = [
        owned | {"cut": each.name} | {name: getattr(each, name) for name in names} for each in made
    ]
    adding = insert(published_blocks).returning(published_blocks.c.id, sort_by_parameter_order=True)
    ids = list(conn.execute(adding, values).scalars())
    _copy_cells(conn, zip(ids, made, strict=True))
    _count_people(conn, stack, made)
    if (stack.owner, stack.stream) == ("organisation", "runs"):
        _list_members(conn, stack, [each for each in made if each.name == "team"])
    return ids


def _copy_cells(conn: Connection, kept: Iterable[tuple[int, Cut]]) -> None:
    columns = ("block_id", "cut", "keys", "people", *SUMS)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(published_cells.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    driver = cast(PsycopgConnection, conn.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for block_id, each in kept:
            for keys, shares in each.cells.items():
                copy.write_row((block_id, each.name, list(keys), *_told(shares)))


def _told(shares: Sequence[Share]) -> list[float]:
    """How many people are behind a cell, and its sums."""
    return [len(_people(shares)), *(sum(map(attrgetter(name), shares)) for name in SUMS)]


def _people(shares: Iterable[Share]) -> set[int]:
    return set(map(attrgetter("actor_key"), shares))


def _count_people(conn: Connection, stack: Stack, made: Sequence[Cut]) -> None:
    """Remember whom the blocks count, with the first day of the last block that does."""
    starts: dict[Person, date] = {}
    for each in sorted(made, key=attrgetter("first_day")):
        for keys, shares in each.cells.items() if each.name in COUNTED[stack.owner] else ():
            key = ",".join(keys)
            starts |= {(each.name, key, who): each.first_day for who in _people(shares)}
    if starts:
        conn.execute(_adding_people(stack, starts))


def _adding_people(stack: Stack, starts: Mapping[Person, date]) -> Any:
    """One statement for all of them, whose values come as an array a column, in order."""
    found = sorted((*person, first) for person, first in starts.items())
    kinds = {"cut": Text, "key": Text, "actor_key": BigInteger, "last_start": Date}
    arrays = zip(zip(*found, strict=True), kinds.values(), strict=True)
    given = func.unnest(*(as_type(list(column), ARRAY(kind)) for column, kind in arrays))
    people = given.table_valued(*kinds).render_derived("given")
    owned = stack._asdict()
    rows = select(*(literal(value) for value in owned.values()), *people.c)
    adding = postgresql.insert(published_people).from_select([*owned, *kinds], rows)
    later = func.greatest(published_people.c.last_start, adding.excluded.last_start)
    key = list(published_people.primary_key)
    return adding.on_conflict_do_update(index_elements=key, set_={"last_start": later})


def _list_members(conn: Connection, stack: Stack, cuts: Sequence[Cut]) -> None:
    """Add to what members ran by name, of those who agree and may be shown.

    It stands under the first day that was cut, and is said to have been by the last: day by day it
    could be taken from totals of days.
    """
    if not cuts:
        return
    agreed, zone = _agreed(conn, stack.owner_id), _zone(conn, stack.project_id)
    owned = {"organisation_id": stack.owner_id, "project_id": stack.project_id}
    rows = [
        owned
        | {"day": each.first_day, "last_at": datetime.combine(each.last_day, time(), zone)}
        | {name: getattr(share, name) for name in ("actor_key", "n", "credits")}
        for each in cuts
        for share in listed(each.cells, each.borders, agreed)
    ]
    if rows:
        conn.execute(_adding_days(), sorted(rows, key=itemgetter("actor_key", "day")))


def _adding_days() -> Any:
    d = member_days.c
    adding = postgresql.insert(member_days)
    new = adding.excluded
    summed: dict[str, Any] = {name: d[name] + new[name] for name in ("n", "credits")}
    summed["last_at"] = func.greatest(d.last_at, new.last_at)
    return adding.on_conflict_do_update(index_elements=list(member_days.primary_key), set_=summed)


def _agreed(conn: Connection, organisation_id: int) -> frozenset[int]:
    """Who agrees to be listed now, where the organisation lists its members."""
    m, o = organisation_members.c, organisations.c
    query = select(m.actor_key).join(organisations).where(o.id == organisation_id)
    return frozenset(conn.execute(query.where(o.leaderboard, m.listed)).scalars())


def _zone(conn: Connection, project_id: int) -> ZoneInfo:
    named = select(projects.c.timezone).where(projects.c.id == project_id)
    return ZoneInfo(conn.execute(named).scalar_one())
