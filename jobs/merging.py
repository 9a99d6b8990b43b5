"""Merging: many small packs become one, like the runs of a log-structured merge tree.

See O'Neil et al., 1996. Events of several packs are put one after the other; what the packs of a
rollup count of the same key is added up.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Select,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql

from db.locks import ERASING_LOCK
from db.tables import PACKED_KEYS, PACKED_SUMS, event_pack, rollup_pack
from jobs.packing import EVENT_ARRAYS, ROLLUP_ARRAYS

FAN_IN = 16  # packs of one tier that are made into one of the next
MERGING_LOCK = 7_005
TYPES = {"keys": ">i8", "owners": ">i8"}  # else >i4
Arrays = dict[str, Any]


def merge(engine: Engine, until: date | None = None) -> None:
    """Make one pack of many: of each tier that is full, and of all of a day before `until`.

    One process at a time does so; another that comes meanwhile leaves it to the first. Nobody is
    erased and nothing rebuilt until it is done: what they take out would come back with the merged.
    """
    with engine.begin() as conn:
        conn.execute(select(func.pg_advisory_xact_lock_shared(ERASING_LOCK)))
        if conn.execute(select(func.pg_try_advisory_xact_lock(MERGING_LOCK))).scalar_one():
            for join in (_add_up, _string_together):
                join(conn, tiered=True)
                if until is not None:
                    join(conn, tiered=False, until=until)


def summed(what: str, packs: Sequence[Arrays]) -> Arrays:
    """The arrays of packs of a rollup as those of one: each key once, and none that counts 0.

    In the order of its keys, kinds and cells.
    """
    arrays = {
        name: np.concatenate([np.frombuffer(pack[name], TYPES.get(name, ">i4")) for pack in packs])
        for name in ROLLUP_ARRAYS
    }
    keys = [arrays[name] for name in PACKED_KEYS[what]]
    order = np.lexsort(keys[::-1])
    differs = [np.diff(key[order]) != 0 for key in keys]
    starts = np.flatnonzero(np.concatenate([[True], np.logical_or.reduce(differs)]))
    for name in ROLLUP_ARRAYS:
        entries = arrays[name][order] if len(arrays[name]) else arrays[name]
        if name in PACKED_SUMS and len(entries):
            arrays[name] = np.add.reduceat(entries.astype(np.int64), starts)
        elif len(entries):
            arrays[name] = entries[starts]
    counting = arrays["counts"] != 0
    return {name: part[counting] if len(part) else part for name, part in arrays.items()}


def _full(
    table: Table, *, tiered: bool, until: date | None = None
) -> tuple[Sequence[ColumnElement[Any]], Select[Any]]:
    """What packs are merged by, and the groups of them that are to become one."""
    groups = [column for column in table.primary_key if column.name != "id"]
    groups += [table.c.tier] if tiered else []
    many = func.count() >= (FAN_IN if tiered else 2)
    full: Select[Any] = select(*groups).group_by(*groups).having(many)
    return groups, full if until is None else full.where(table.c.day < until)


def _add_up(conn: Connection, *, tiered: bool, until: date | None = None) -> None:
    pack = rollup_pack
    groups, full = _full(pack, tiered=tiered, until=until)
    for group in conn.execute(full).all():
        same = [column == value for column, value in zip(groups, group, strict=True)]
        taken = conn.execute(delete(pack).where(*same).returning(pack)).mappings().all()
        if not taken:
            continue  # gone with its project meanwhile
        arrays = summed(group.what, [dict(one) for one in taken])
        made = {name: _sent(name, part) for name, part in arrays.items()}
        made |= {name: taken[0][name] for name in ("project_id", "what", "day", "name")}
        made["tier"] = max(one["tier"] for one in taken) + tiered
        conn.execute(insert(pack).values(made | {"n": len(arrays["counts"])}))


def _sent(name: str, entries: Any) -> bytes:
    sent: bytes = entries.astype(TYPES.get(name, ">i4")).tobytes()
    return sent


def _string_together(conn: Connection, *, tiered: bool, until: date | None = None) -> None:
    table = event_pack
    _, full = _full(table, tiered=tiered, until=until)
    chosen = full.subquery()
    same = [table.c[column.name] == column for column in chosen.c]
    taken = delete(table).where(*same).returning(table).cte("taken")
    in_order = postgresql.aggregate_order_by(literal(b"", LargeBinary), taken.c.id)
    joined = [func.string_agg(taken.c[name], in_order, type_=LargeBinary) for name in EVENT_ARRAYS]
    keys = [taken.c[column.name] for column in chosen.c if column.name != "tier"]
    tier = func.max(taken.c.tier) + 1 if tiered else func.max(taken.c.tier)
    merged = select(*keys, tier, func.sum(taken.c.n).cast(BigInteger), *joined)
    grouped = merged.group_by(*keys, *([taken.c.tier] if tiered else []))
    into = ["project_id", "day", "name", "tier", "n", *EVENT_ARRAYS]
    conn.execute(insert(table).from_select(into, grouped))
