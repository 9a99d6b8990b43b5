"""Counts by day and cell: the packs of the smallest rollup that knows what is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.unpacking import arrays_once, kept_entries, taken
from analytics.scope import Viewer, visible_rollup_packs

COLUMNS: dict[str, tuple[str, Any]] = {
    "actor": ("keys", np.int64),
    "cell": ("cells", np.int32),
    "kind": ("kinds", np.int32),
    "count": ("counts", np.int32),
    "failures": ("failures", np.int32),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there were, in entries that add up; what was not asked for is empty.

    `day` counts from the first day asked for, `cell` and `kind` are ids of the dictionaries, and
    `count` how many there were, `failures` of them failed (all int32, one entry in every array).
    """

    day: NDArray[np.int32]
    cell: NDArray[np.int32]
    kind: NDArray[np.int32]
    count: NDArray[np.int32]
    failures: NDArray[np.int32]

    def by_kind(self) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """Which of the kinds that occur each entry is of, and the ids of these, in order.

        There may be few in a project of all that a database knows.
        """
        return pd.factorize(self.kind, sort=True)


def load_tally(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    columns: Sequence[str] = ("count", "failures"),
    names: Sequence[str] = (),
) -> Tally:
    """Events that the filters keep, by kind when "kind" is among the columns, of these names.

    Without a segment what is read does not grow with the people who did it.
    """
    by_kind = bool(filters.event or names or "kind" in columns)
    if filters.segment is None:
        what = "event" if by_kind else "cell"
    else:
        what = "actor_event" if by_kind else "actor"
    return _loaded(conn, viewer, filters, what, columns, names)


def load_newcomer_tally(
    conn: Connection, viewer: Viewer, filters: Filters, columns: Sequence[str] = ("count",)
) -> Tally:
    """Actors by the day and cell of their first event ever; they have no keys, so no segment."""
    return _loaded(conn, viewer, filters, "newcomer", columns)


def _loaded(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    what: str,
    columns: Sequence[str],
    names: Sequence[str] = (),
) -> Tally:
    packs = visible_rollup_packs(viewer, filters, what, names)
    needed = {
        "cell": bool(filters.dimensions),
        "kind": filters.subject is not None,
        "actor": filters.segment is not None,
    }
    wanted = ["day", *columns, *(name for name, is_needed in needed.items() if is_needed)]
    arrays = arrays_once(conn, filters, packs, COLUMNS, wanted)
    kept = kept_entries(conn, viewer, filters, arrays, "actor")
    arrays.pop("actor")
    return Tally(**taken(arrays, kept))
