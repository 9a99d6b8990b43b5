"""From packs to arrays: what Postgres hands over, decoded, and what the filters keep of it.

Filters that Postgres can't apply to packs, those on dimensions, subject and segment, are applied
here, so that nothing gets past them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Subquery, select

from analytics.filters import Filters
from analytics.measures.cutting import packed, read, unpacked
from analytics.scope import Viewer, visible_chosen_cells, visible_kinds, visible_members

Column = NDArray[Any]
Columns = Mapping[str, tuple[str, Any]]  # by our name: the array of a pack, and its dtype


@dataclass(frozen=True, slots=True)
class Chosen:
    """Selects of what filters keep: the ids of cells and of kinds, the keys of people."""

    cells: Subquery
    kinds: Subquery
    members: Subquery


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
        dtype = np.dtype(known[name][1])
        joined = b"".join(rows[name])
        arrays[name] = np.frombuffer(joined, dtype.newbyteorder(">")).astype(dtype)
    days = rows["day"].to_numpy("datetime64[D]") - np.datetime64(filters.start)
    repeated = rows["n"].to_numpy(np.int64) if "day" in wanted else 0
    return arrays | {"day": np.repeat(days.astype(np.int32), repeated)}


def chosen_by(viewer: Viewer, filters: Filters) -> Chosen:
    """The cells, kinds and people that the filters keep."""
    kinds = select(visible_kinds(viewer, filters.project_id))
    if filters.subject is not None:
        k = kinds.selected_columns
        kinds = kinds.where(k.name == filters.event, k.subject == filters.subject)
    return Chosen(
        visible_chosen_cells(viewer, filters), kinds.subquery(), visible_members(viewer, filters)
    )


def kept_entries(
    conn: Connection,
    filters: Filters,
    arrays: dict[str, Column],
    chosen: Chosen,
    person: str | None = None,
) -> NDArray[np.bool_] | None:
    """Which entries the filters on dimensions and subject keep, and on people where they are.

    People are in the array of the name `person`. None keeps all.
    """
    kept = []
    if filters.dimensions:
        kept.append(among(arrays["cell"], _ids(conn, chosen.cells)))
    if filters.subject is not None:
        kept.append(among(arrays["kind"], _ids(conn, chosen.kinds)))
    if filters.segment is not None and person is not None:
        kept.append(are_members(conn, arrays[person], chosen))
    return np.logical_and.reduce(kept) if kept else None


def are_members(conn: Connection, actors: NDArray[np.int64], chosen: Chosen) -> NDArray[np.bool_]:
    """Which of these actors are in the segment: by hash, as np.isin would sort them."""
    keys = read(conn, select(packed(chosen.members.c.actor_key)))["keys"][0]
    found: NDArray[np.bool_] = pd.Index(actors).isin(unpacked(keys or b""))
    return found


def among(entries: NDArray[np.int32], ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which entries are one of these ids, of a dictionary that counts from 1."""
    most = max(int(entries.max(initial=0)), int(ids.max(initial=0)))
    known = np.zeros(most + 1, np.bool_)
    known[ids] = True
    found: NDArray[np.bool_] = known[entries]
    return found


def _ids(conn: Connection, rows: Subquery) -> NDArray[np.int64]:
    return np.array(conn.execute(select(rows.c.id)).scalars().all(), np.int64)


def taken(
    arrays: dict[str, Column], which: NDArray[np.bool_] | NDArray[np.int64] | None
) -> dict[str, Column]:
    """The chosen entries of the columns that were read."""
    if which is None:
        return arrays
    return {name: column[which] if len(column) else column for name, column in arrays.items()}
