"""Keeping: blocks are stored with their cells, whom they count, and which members they list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple, cast

from psycopg import Connection as PsycopgConnection
from psycopg import sql
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects import postgresql

from analytics.community.listing import listed
from analytics.community.suppression import CUTS, Block, Cells, Keys, Share, cells
from db.tables import (
    member_days,
    organisation_members,
    organisations,
    published_blocks,
    published_cells,
    published_people,
)
from jobs.publishing.waiting import Stack

SUMS = ("n", "failures", "timed", "metered", "tokens", "credits", "score_sum", "good")
ALL_SUMS = (*SUMS, "duration_sum")
COUNTED = {"package": ("",), "organisation": ("", "team", "package")}
"""The cuts whose people are counted over several blocks."""


class CutBlock(NamedTuple):
    """A block, and its cells in each of its cuts."""

    block: Block
    cuts: Mapping[str, Cells]


def cut(stack: Stack, block: Block) -> CutBlock:
    """The block in all the cuts of its stream."""
    names = CUTS[stack.owner, stack.stream]
    return CutBlock(
        block, {",".join(each): cells(stack.owner, each, block.shares) for each in names}
    )


def keep(conn: Connection, stack: Stack, made: Sequence[CutBlock]) -> None:
    """Store blocks, which nothing changes from then on."""
    owned = stack._asdict()
    values = [owned | {"first_day": b.first_day, "last_day": b.last_day} for b, _ in made]
    adding = insert(published_blocks).returning(published_blocks.c.id, sort_by_parameter_order=True)
    ids = conn.execute(adding, values).scalars().all()
    _copy_cells(conn, zip(ids, made, strict=True))
    _count_people(conn, stack, made)
    if (stack.owner, stack.stream) == ("organisation", "runs"):
        _list_members(conn, stack, made)


def _copy_cells(conn: Connection, kept: Iterable[tuple[int, CutBlock]]) -> None:
    columns = ("block_id", "cut", "keys", "people", *ALL_SUMS)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(published_cells.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    driver = cast(PsycopgConnection, conn.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for block_id, each in kept:
            for name, keys, shares in _cells(each):
                copy.write_row((block_id, name, list(keys), *_told(shares)))


def _cells(made: CutBlock) -> Iterator[tuple[str, Keys, list[Share]]]:
    """Every cell: its cut, its keys, and the shares in it."""
    for name, found in made.cuts.items():
        for keys, shares in found.items():
            yield name, keys, shares


def _told(shares: Sequence[Share]) -> list[float]:
    """How many people are behind a cell, and its sums."""
    return [len(_people(shares)), *(sum(map(attrgetter(name), shares)) for name in ALL_SUMS)]


def _people(shares: Iterable[Share]) -> set[int]:
    return set(map(attrgetter("actor_key"), shares))


def _count_people(conn: Connection, stack: Stack, made: Sequence[CutBlock]) -> None:
    """Remember whom the blocks count, with the first day of the last block that does."""
    starts: dict[tuple[str, str, int], date] = {}
    for each in sorted(made, key=lambda each: each.block.first_day):
        for name, keys, shares in _cells(each):
            if name in COUNTED[stack.owner]:
                counted = dict.fromkeys(_people(shares), each.block.first_day)
                starts |= {(name, ",".join(keys), who): first for who, first in counted.items()}
    rows = [
        stack._asdict() | {"cut": name, "key": key, "actor_key": who, "last_start": first}
        for (name, key, who), first in sorted(starts.items())
    ]
    adding = postgresql.insert(published_people)
    later = func.greatest(published_people.c.last_start, adding.excluded.last_start)
    key = list(published_people.primary_key)
    conn.execute(adding.on_conflict_do_update(index_elements=key, set_={"last_start": later}), rows)


def _list_members(conn: Connection, stack: Stack, made: Sequence[CutBlock]) -> None:
    """Add to what members ran by name, of those who agree and may be shown."""
    agreed = _agreed(conn, stack.owner_id)
    if not agreed:
        return
    shown = [
        s for each in made for team in each.cuts["team"].values() for s in listed(team, agreed)
    ]
    rows = [
        {"organisation_id": stack.owner_id, "project_id": stack.project_id}
        | {name: getattr(share, name) for name in ("actor_key", "day", "n", "credits", "last_at")}
        for share in sorted(shown, key=attrgetter("actor_key", "day"))
    ]
    if rows:
        conn.execute(_adding_days(), rows)


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
