"""From packs to arrays: what Postgres hands over, decoded, and what the filters keep of it.

Filters that Postgres can't apply to packs, those on dimensions, subject and segment, are applied
here, so that nothing gets past them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Connection, Subquery, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.filters import Filters
from analytics.measures.cells import load_cells
from analytics.measures.cutting import packed, read, unpacked
from analytics.measures.remembered import Pack, remembered_of
from analytics.scope import Viewer, visible_kinds, visible_members

Column = NDArray[Any]
Columns = Mapping[str, tuple[str, Any]]  # by our name: the array of a pack, and its dtype


def arrays_of(
    conn: Connection,
    filters: Filters,
    packs: Subquery,
    known: Columns,
    wanted: Sequence[str],
) -> dict[str, Column]:
    """The columns, and the day of every entry; what is not wanted is empty."""
    names = [name for name in known if name in wanted]
    sent = [packs.c[known[name][0]].label(name) for name in names]
    rows = read(conn, select(packs.c.day, packs.c.n, *sent))
    arrays = {name: np.empty(0, dtype) for name, (_, dtype) in known.items()}
    for name in names:
        arrays[name] = _decoded(b"".join(rows[name]), known[name][1])
    days = rows["day"].to_numpy("datetime64[D]") - np.datetime64(filters.start)
    repeated = rows["n"].to_numpy(np.int64) if "day" in wanted else 0
    return arrays | {"day": np.repeat(days.astype(np.int32), repeated)}


def arrays_once(
    conn: Connection,
    filters: Filters,
    packs: Subquery,
    known: Columns,
    wanted: Sequence[str],
) -> dict[str, Column]:
    """The same of packs of rollups, which this process reads but once."""
    sought = {name: how for name, how in known.items() if name in wanted}
    listed = conn.execute(select(packs.c.id, packs.c.day, packs.c.n)).all()
    numbers = [row.id for row in listed]
    found = remembered_of(conn).having(numbers, sought)
    missing = [number for number in numbers if number not in found]
    if missing:
        read_now = _read_packs(conn, packs, sought, missing)
        if len(read_now) < len(missing):  # some became one meanwhile
            return arrays_once(conn, filters, packs, known, wanted)
        found |= read_now
    arrays = {name: np.empty(0, dtype) for name, (_, dtype) in known.items()}
    if numbers:
        arrays |= {name: np.concatenate([found[n][name] for n in numbers]) for name in sought}
    days = np.array([(row.day - filters.start).days for row in listed], np.int32)
    repeated = [row.n for row in listed] if "day" in wanted else 0
    return arrays | {"day": np.repeat(days, repeated)}


def _read_packs(
    conn: Connection, packs: Subquery, sought: Columns, numbers: Sequence[int]
) -> dict[int, Pack]:
    """The columns of each of these packs that is still there."""
    sent = [packs.c[array].label(name) for name, (array, _) in sought.items()]
    chosen = packs.c.id == func.any(literal(numbers, ARRAY(BigInteger)))
    query = select(packs.c.id, *sent).where(chosen)
    rows = conn.execute(query, execution_options={"binary": True}).mappings().all()
    packed_now = {
        row["id"]: {name: _decoded(row[name], dtype) for name, (_, dtype) in sought.items()}
        for row in rows
    }
    remembered_of(conn).remember(packed_now)
    return packed_now


def _decoded(sent: bytes, dtype: Any) -> Column:
    """A column as Postgres sends it, in the order of bytes of this machine."""
    kind = np.dtype(dtype)
    return np.frombuffer(sent, kind.newbyteorder(">")).astype(kind)


def kept_entries(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    arrays: dict[str, Column],
    person: str | None = None,
) -> NDArray[np.int64] | None:
    """Where the entries are that the filters on dimensions and subject keep, and those on people.

    People, where they are told apart, are in the array of the name `person`. None keeps all.
    """
    kept = []
    if filters.dimensions:
        kept.append(in_chosen_cells(conn, viewer, filters, arrays["cell"]))
    if filters.subject is not None:
        kept.append(among(arrays["kind"], _chosen_kinds(conn, viewer, filters)))
    if filters.segment is not None and person is not None:
        kept.append(are_members(conn, viewer, filters, arrays[person]))
    return np.flatnonzero(np.logical_and.reduce(kept)) if kept else None


def in_chosen_cells(
    conn: Connection, viewer: Viewer, filters: Filters, cell: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which entries the filters on dimensions keep; all of them where there are none."""
    if not filters.dimensions:
        return np.ones(len(cell), np.bool_)
    return among(cell, load_cells(conn, viewer, filters.project_id).kept(filters))


def are_members(
    conn: Connection, viewer: Viewer, filters: Filters, actors: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which of these actors are in the segment: by hash, as np.isin would sort them."""
    members = _keys(conn, visible_members(viewer, filters).c.actor_key)
    found: NDArray[np.bool_] = pd.Index(actors).isin(members)
    return found


def among(entries: NDArray[np.int32], ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which entries are one of these ids, of a dictionary that counts from 1."""
    most = max(int(entries.max(initial=0)), int(ids.max(initial=0)))
    known = np.zeros(most + 1, np.bool_)
    known[ids] = True
    found: NDArray[np.bool_] = known[entries]
    return found


def _chosen_kinds(conn: Connection, viewer: Viewer, filters: Filters) -> NDArray[np.int64]:
    """The ids of the event and the subject that are asked for."""
    k = select(visible_kinds(viewer, filters.project_id))
    c = k.selected_columns
    chosen = k.where(c.name == filters.event, c.subject == filters.subject)
    return _keys(conn, chosen.subquery().c.id)


def _keys(conn: Connection, key: ColumnElement[int]) -> NDArray[np.int64]:
    return unpacked(read(conn, select(packed(key)))["keys"][0] or b"")


def taken(
    arrays: dict[str, Column], which: NDArray[np.bool_] | NDArray[np.int64] | None
) -> dict[str, Column]:
    """The chosen entries of the columns that were read."""
    if which is None:
        return arrays
    return {name: column[which] if len(column) else column for name, column in arrays.items()}
