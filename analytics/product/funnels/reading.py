"""The events that a funnel looks at: from packs, or raw where it asks for properties."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import LATEST, Filters, check_dimension
from analytics.measures.cells import load_cells
from analytics.measures.packs import Log, kinds_of, load_log
from analytics.product.funnels.definition import Funnel
from analytics.product.funnels.instants import Flags, Marked
from analytics.product.funnels.raw import raw_events
from analytics.scope import Viewer

ONE_DAY = timedelta(days=1)
_NONE = np.empty(0, np.int64)
NOTHING = Marked(
    keys=_NONE,
    actor=_NONE,
    at=_NONE,
    steps=_NONE.astype(np.uint8),
    excluded=_NONE.astype(np.bool_),
    label=_NONE.astype(np.int32),
)


def marked_events(
    conn: Connection, viewer: Viewer, filters: Filters, funnel: Funnel, by: str | None = None
) -> Marked:
    """The events of the range, and of a window after it, with the steps that each may serve.

    `by` names the dimension that labels them. Without ids there are no actors, and so no events.
    Raises TooWide for too many events, of which fewer may be read for their properties; BadFilters
    for a breakdown by something else than a dimension.
    """
    span = span_of(filters, funnel)
    if by is not None:
        check_dimension(by)
    if filters.anonymous:
        return NOTHING
    marked = raw_events if funnel.by_property else _packs
    return _useful(marked(conn, viewer, span, funnel, by), funnel)


def span_of(filters: Filters, funnel: Funnel) -> Filters:
    """The range and the days after it on which a chain that enters in it may end."""
    end = filters.end + funnel.window // ONE_DAY * ONE_DAY + 2 * ONE_DAY
    return replace(filters, grain="day", end=min(end, LATEST))


def _packs(
    conn: Connection, viewer: Viewer, span: Filters, funnel: Funnel, by: str | None
) -> Marked:
    columns = ("actor", "at", "kind", *(("cell",) if by else ()))
    log = load_log(conn, viewer, span, funnel.names, columns)
    kinds = kinds_of(conn, viewer, span.project_id)
    steps = np.zeros(int(kinds["id"].max() if len(kinds) else 0) + 1, np.uint8)
    excluded = np.zeros(len(steps), np.bool_)
    for number, name, subject in kinds.itertuples(index=False):
        served = [step.matches(name, subject) for step in funnel.steps]
        steps[number] = sum(1 << place for place, fits in enumerate(served) if fits)
        excluded[number] = any(step.matches(name, subject) for step in funnel.exclusions)
    values, label = _labels(conn, viewer, span, log, by)
    return Marked(log.keys, log.actor, log.at, steps[log.kind], excluded[log.kind], label, values)


def _labels(
    conn: Connection, viewer: Viewer, span: Filters, log: Log, by: str | None
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    if by is None:
        return (), np.zeros(len(log.at), np.int32)
    cells = load_cells(conn, viewer, span.project_id)
    return tuple(cells.labels(by)), cells.codes(log.cell, by).astype(np.int32)


def _useful(events: Marked, funnel: Funnel) -> Marked:
    """The events that a chain may meet: in strict order, all of them."""
    useful: Flags = (events.steps > 0) | events.excluded
    if funnel.order == "strict" or useful.all():
        return events
    columns: dict[str, Any] = {
        name: getattr(events, name)[useful]
        for name in ("actor", "at", "steps", "excluded", "label")
    }
    return replace(events, **columns)
