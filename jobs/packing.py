"""Packs: the events and keys of a day as arrays, which questions read by the million.

New ones are added as events are rolled up; many small ones are made into one, like the runs of a
log-structured merge tree (O'Neil et al., 1996); erasing a person makes those of their days anew.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Select,
    SmallInteger,
    Table,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from db.tables import (
    NO_BIN,
    actor_day,
    actor_event_day,
    event_pack,
    key_pack,
    kinds,
    session_day,
)

FAN_IN = 16  # packs of one tier that are made into one of the next
MERGING_LOCK = 7_005
NO_SESSION = 0
SOURCES = {"actor": actor_day, "session": session_day, "actor_event": actor_event_day}
KEYS = {"actor": "actor_key", "session": "session_key", "actor_event": "actor_key"}
ARRAYS = {
    "key_pack": ("keys", "cells", "kinds"),
    "event_pack": ("actors", "moments", "kinds", "cells", "sessions", "bins", "failed"),
}
WIDTHS = {"bins": 2, "failed": 2, "kinds": 4, "cells": 4}  # bytes an entry; else 8


def pack_events(conn: Connection, rolling: Table) -> None:
    """Add packs of the events that are being rolled up."""
    r = rolling.c
    groups = [r.project_id, r.day, r.name]
    packed = select(
        *groups,
        func.count(),
        _strung(func.int8send, r.actor_key),
        _strung(func.timestamptz_send, r.occurred_at),
        _strung(func.int4send, r.kind_id),
        _strung(func.int4send, r.cell_id),
        _strung(func.int8send, func.coalesce(r.session_key, NO_SESSION)),
        _strung(
            func.int2send, cast(case((r.duration_us.is_(None), NO_BIN), else_=r.bin), SmallInteger)
        ),
        _strung(func.int2send, r.failed),
    ).group_by(*groups)
    names = ["project_id", "day", "name", "n", *ARRAYS["event_pack"]]
    conn.execute(insert(event_pack).from_select(names, packed))


def pack_new_keys(conn: Connection, what: str, upserted: CTE) -> None:
    """Add packs of the keys that an upsert, given as `upserted`, has stored for the first time."""
    conn.execute(_packing(what, upserted, upserted.c.fresh))


def repack_keys(conn: Connection, project_id: int, days: Sequence[date] | None = None) -> None:
    """Make the packs of keys of some days, or of all, anew from the rollups."""
    for what, table in SOURCES.items():
        theirs = key_pack.c.project_id == project_id
        rows = table.c.project_id == project_id
        if days is not None:
            theirs, rows = theirs & key_pack.c.day.in_(days), rows & table.c.day.in_(days)
        conn.execute(delete(key_pack).where(theirs, key_pack.c.what == what))
        conn.execute(_packing(what, table, rows))


def forget(conn: Connection, project_id: int, actors: Sequence[int], days: Sequence[date]) -> None:
    """Take all events of these actors out of the packs of these days."""
    ours = (event_pack.c.project_id == project_id) & event_pack.c.day.in_(days)
    gone = np.array(actors, np.int64)
    for row in conn.execute(select(event_pack).where(ours)).all():
        staying = ~np.isin(np.frombuffer(row.actors, ">i8"), gone)
        if staying.all():
            continue
        same = (ours, event_pack.c.name == row.name, event_pack.c.id == row.id)
        if not staying.any():
            conn.execute(delete(event_pack).where(*same))
            continue
        kept = {name: _kept(name, getattr(row, name), staying) for name in ARRAYS["event_pack"]}
        conn.execute(update(event_pack).where(*same).values(n=int(staying.sum()), **kept))


def merge(engine: Engine, until: date | None = None) -> None:
    """Make one pack of many: of each tier that is full, and of all of a day before `until`.

    One process at a time does so; another that comes meanwhile leaves it to the first.
    """
    with engine.begin() as conn:
        if conn.execute(select(func.pg_try_advisory_xact_lock(MERGING_LOCK))).scalar_one():
            for table in (key_pack, event_pack):
                _merge(conn, table, tiered=True)
                if until is not None:
                    _merge(conn, table, tiered=False, which=table.c.day < until)


def _merge(
    conn: Connection, table: Table, *, tiered: bool, which: ColumnElement[bool] | None = None
) -> None:
    names = [column.name for column in table.primary_key if column.name != "id"]
    groups = [table.c[name] for name in names] + ([table.c.tier] if tiered else [])
    full = select(*groups).group_by(*groups).having(func.count() >= (FAN_IN if tiered else 2))
    chosen = (full if which is None else full.where(which)).subquery()
    same = [table.c[column.name] == column for column in chosen.c]
    taken = delete(table).where(*same).returning(table).cte("taken")
    in_order = postgresql.aggregate_order_by(literal(b"", LargeBinary), taken.c.id)
    joined = [
        func.string_agg(taken.c[name], in_order, type_=LargeBinary) for name in ARRAYS[table.name]
    ]
    keys = [taken.c[column.name] for column in chosen.c if column.name != "tier"]
    tier = func.max(taken.c.tier) + 1 if tiered else func.max(taken.c.tier)
    merged = select(*keys, tier, func.sum(taken.c.n).cast(BigInteger), *joined)
    grouped = merged.group_by(*keys, *([taken.c.tier] if tiered else []))
    into = [*names, "tier", "n", *ARRAYS[table.name]]
    conn.execute(insert(table).from_select(into, grouped))


def _packing(what: str, rows: Table | CTE, which: ColumnElement[bool]) -> Any:
    """INSERT of packs of the rows of a rollup that are chosen."""
    name, by_name = literal(""), what == "actor_event"
    kind = rows.c.kind_id if by_name else None
    groups = [rows.c.project_id, rows.c.day, *([kinds.c.name] if by_name else [])]
    packed: Select[Any] = (
        select(
            rows.c.project_id,
            literal(what),
            rows.c.day,
            kinds.c.name if by_name else name,
            func.count(),
            _strung(func.int8send, rows.c[KEYS[what]]),
            _strung(func.int4send, rows.c.cell_id),
            literal(b"", LargeBinary) if kind is None else _strung(func.int4send, kind),
        )
        .where(which)
        .group_by(*groups)
    )
    if by_name:
        packed = packed.join(kinds, kinds.c.id == rows.c.kind_id)
    names = ["project_id", "what", "day", "name", "n", *ARRAYS["key_pack"]]
    return insert(key_pack).from_select(names, packed)


def _strung(send: Any, column: ColumnElement[Any]) -> ColumnElement[bytes]:
    sent = send(column, type_=LargeBinary)
    return func.string_agg(sent, literal(b"", LargeBinary), type_=LargeBinary)


def _kept(name: str, packed: bytes, staying: NDArray[np.bool_]) -> bytes:
    width = WIDTHS.get(name, 8)
    entries = np.frombuffer(packed, np.dtype((np.void, width)))
    kept: bytes = entries[staying].tobytes()
    return kept
