"""Packs: the events and rollups of a day as arrays, which questions read by the million.

New ones are added as events are rolled up, and merged later (`jobs.merging`); erasing a person
makes those of their days anew.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    Subquery,
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

from db.tables import (
    NO_BIN,
    actor,
    actor_day,
    actor_event_day,
    cell_day,
    event_day,
    event_pack,
    kinds,
    projects,
    rollup_pack,
    session_day,
)

NO_SESSION = 0
SOURCES = {
    "cell": cell_day,
    "event": event_day,
    "actor": actor_day,
    "actor_event": actor_event_day,
    "session": session_day,
}
WIDTHS = {"bins": 2, "failed": 2, "kinds": 4, "cells": 4}  # bytes an entry; else 8
EVENT_ARRAYS = ("actors", "moments", "kinds", "cells", "sessions", "bins", "failed")
ROLLUP_ARRAYS = ("keys", "owners", "cells", "kinds", "counts", "failures")


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
    names = ["project_id", "day", "name", "n", *EVENT_ARRAYS]
    conn.execute(insert(event_pack).from_select(names, packed))


def packing(what: str, rows: Table | CTE | Subquery) -> Any:
    """INSERT of packs of these rows, which have the columns of the rollup, or some of them."""
    c = rows.c
    by_name = "kind_id" in c
    groups = [c.project_id, c.day, *([kinds.c.name] if by_name else [])]
    key = c.session_key if what == "session" else c.get("actor_key")
    packed: Select[Any] = select(
        c.project_id,
        literal(what),
        c.day,
        kinds.c.name if by_name else literal(""),
        func.count(),
        _strung(func.int8send, key),
        _strung(func.int8send, c.actor_key if what == "session" else None),
        _strung(func.int4send, c.cell_id),
        _strung(func.int4send, c.get("kind_id")),
        _strung(func.int4send, cast(c.n, Integer)),
        _strung(func.int4send, cast(c.failures, Integer) if "failures" in c else None),
    ).group_by(*groups)
    if by_name:
        packed = packed.join(kinds, kinds.c.id == c.kind_id)
    names = ["project_id", "what", "day", "name", "n", *ROLLUP_ARRAYS]
    return insert(rollup_pack).from_select(names, packed)


def repack(conn: Connection, project_id: int, days: Sequence[date]) -> None:
    """Make the packs of the rollups of some days anew."""
    ours = (rollup_pack.c.project_id == project_id) & rollup_pack.c.day.in_(days)
    conn.execute(delete(rollup_pack).where(ours))
    sources = {what: select(table) for what, table in SOURCES.items()} | {"newcomer": _newcomers()}
    for what, source in sources.items():
        rows = source.subquery()
        chosen = select(rows).where(rows.c.project_id == project_id, rows.c.day.in_(days))
        conn.execute(packing(what, chosen.subquery()))


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
        kept = {name: _kept(name, getattr(row, name), staying) for name in EVENT_ARRAYS}
        conn.execute(update(event_pack).where(*same).values(n=int(staying.sum()), **kept))


def _newcomers() -> Select[Any]:
    """How many were first seen on each day and in each cell."""
    day = cast(func.timezone(projects.c.timezone, actor.c.first_seen), Date)
    groups = (actor.c.project_id, day, actor.c.first_cell)
    counted = select(
        actor.c.project_id,
        day.label("day"),
        actor.c.first_cell.label("cell_id"),
        func.count().label("n"),
    )
    return counted.join(projects, projects.c.id == actor.c.project_id).group_by(*groups)


def _strung(send: Any, column: ColumnElement[Any] | None) -> ColumnElement[bytes]:
    if column is None:
        return literal(b"", LargeBinary)
    sent = send(column, type_=LargeBinary)
    return func.string_agg(sent, literal(b"", LargeBinary), type_=LargeBinary)


def _kept(name: str, packed: bytes, staying: NDArray[np.bool_]) -> bytes:
    width = WIDTHS.get(name, 8)
    entries = np.frombuffer(packed, np.dtype((np.void, width)))
    kept: bytes = entries[staying].tobytes()
    return kept
