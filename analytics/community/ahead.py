"""Published cells and people, read once for every window of so many days or fewer."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, and_, func, select, tuple_

from analytics.community.published import (
    END,
    OWNER_ID,
    START,
    STREAM,
    Cut,
    Published,
    Window,
)
from analytics.community.sums import NUMBERS
from analytics.community.trails import Trail, trail, trails
from analytics.scope import Viewer, visible_published_cells, visible_published_people
from analytics.scope.building import ask, built_once

Trails = dict[tuple[str, ...], Trail]
FIRST_NUMBER = 5  # the place of the first sum in a row of a cell


def cell_trails(
    conn: Connection, viewer: Viewer, of: Published, window: Window, cuts: Sequence[Cut]
) -> dict[str, dict[str, Trails]]:
    """The trail of each cell of these cuts over a window, by stream, cut and keys.

    What a trail tells since a day is what `published.by_stream` tells of the window from that day.
    """
    asked = {"owner_id": of.owner_id, "start": window.start, "end": window.end}
    rows: dict[Cut, list[Row[Any]]] = defaultdict(list)
    for row in ask(conn, viewer, _blocks_sql, of.owner, tuple(cuts), **asked).all():
        rows[row.stream, row.cut].append(row)
    found: dict[str, dict[str, Trails]] = {stream: {} for stream, _ in cuts}
    for stream, cut in cuts:
        found[stream][cut] = _trails(cut, rows[stream, cut])
    return found


def people_trail(conn: Connection, viewer: Viewer, of: Published, start: date) -> Trail:
    """How many distinct people blocks count since a day, as `n`; exact, as `published.people`."""
    asked = {"owner_id": of.owner_id, "stream": of.stream, "start": start}
    rows = ask(conn, viewer, _people_sql, of.owner, **asked).all()
    numbers = np.zeros((len(rows), len(NUMBERS)))
    numbers[:, 0] = [number for _, number in rows]
    return trail([day for day, _ in rows], numbers)


@built_once
def _blocks_sql(viewer: Viewer, owner: str, cuts: tuple[Cut, ...]) -> Select[Any]:
    """A row a cell of each block, in the order of their first days."""
    c = visible_published_cells(viewer, owner, OWNER_ID)
    keys = (c.c["keys"][1].label("one"), c.c["keys"][2].label("two"))
    query = select(c.c.stream, c.c.cut, *keys, c.c.first_day, *(c.c[name] for name in NUMBERS))
    streams, names = zip(*cuts, strict=True)  # told besides, for an index to find them by
    told = and_(c.c.stream.in_(streams), c.c.cut.in_(names), tuple_(c.c.stream, c.c.cut).in_(cuts))
    query = query.where(told, c.c.first_day >= START, c.c.last_day < END).order_by(c.c.first_day)
    return query.execution_options(binary=True)


@built_once
def _people_sql(viewer: Viewer, owner: str) -> Select[Any]:
    """A row a day: of how many people the last block that counts them begins then."""
    p = visible_published_people(viewer, owner)
    query = select(p.c.last_start, func.count()).group_by(p.c.last_start).order_by(p.c.last_start)
    whole = and_(p.c.owner_id == OWNER_ID, p.c.stream == STREAM, p.c.cut == "", p.c.key == "")
    return query.where(whole, p.c.last_start >= START)


def _trails(cut: str, rows: list[Row[Any]]) -> Trails:
    depth = len(cut.split(",")) if cut else 0
    keys = [(row.one, row.two)[:depth] for row in rows]
    numbers = np.array([row[FIRST_NUMBER:] for row in rows], float).reshape(-1, len(NUMBERS))
    return trails(keys, [row.first_day for row in rows], numbers)
