"""What happened to tickets, as one statement: opened, answered, resolved and rated, by a key."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Select,
    Subquery,
    cast,
    extract,
    func,
    literal,
    null,
    select,
    union_all,
)

from analytics.filters import Filters
from analytics.periods import midnight
from analytics.scope import Viewer, visible_tickets

MINUTE, HOUR = 60.0, 3_600.0  # seconds
CONTENT = 4  # of 5: from here on a rating counts as content
PROMPT = 60.0  # minutes within which a first answer is prompt
COUNTED = {
    "opened": "int64",
    "answered": "int64",
    "prompt": "int64",
    "first_response_minutes": "float64",
    "resolved": "int64",
    "resolution_hours": "float64",
    "rated": "int64",
    "content": "int64",
}

Key = Callable[[ColumnElement[Any], Any], ColumnElement[Any]]  # of a moment and of its ticket


def counted_sql(viewer: Viewer, filters: Filters, grouping: Key) -> Select[Any]:
    """Rows of COUNTED by a `key`, of what happened in the range; a ticket may be in several."""
    e = _events(viewer, filters, grouping).c
    soon = e.minutes <= PROMPT
    return select(
        e.key,
        cast(func.sum(e.opened), BigInteger).label("opened"),
        func.count(e.minutes).label("answered"),
        func.count(e.minutes).filter(soon).label("prompt"),
        _median(e.minutes).label("first_response_minutes"),
        func.count(e.hours).label("resolved"),
        _median(e.hours).label("resolution_hours"),
        func.count(e.csat).label("rated"),
        func.count(e.csat).filter(e.csat >= CONTENT).label("content"),
    ).group_by(e.key)


def backlog_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """How many tickets are open as the range begins; no row where there is none."""
    t, start = visible_tickets(viewer, filters.project_id).c, _bounds(filters)[0]
    still = t.resolved_at.is_(None) | (t.resolved_at >= start)
    return select(func.count()).where(t.opened_at < start, still).having(func.count() > 0)


def _events(viewer: Viewer, filters: Filters, grouping: Key) -> Subquery:
    """A row for each thing that happened to a ticket in the range, with what it tells."""
    t, (start, end) = visible_tickets(viewer, filters.project_id).c, _bounds(filters)

    def happened(moment: ColumnElement[Any], *told: ColumnElement[Any]) -> Select[Any]:
        named = zip(("opened", "minutes", "hours", "csat"), told, strict=True)
        columns = [column.label(name) for name, column in named]
        inside = (moment >= start) & (moment < end)
        return select(grouping(moment, t).label("key"), *columns).where(inside)

    no, nothing = literal(0), cast(null(), Double)
    answer, solution = t.first_response_at, t.resolved_at
    return union_all(
        happened(t.opened_at, literal(1), nothing, nothing, nothing),
        happened(answer, no, _since(t.opened_at, answer, MINUTE), nothing, nothing),
        happened(solution, no, nothing, _since(t.opened_at, solution, HOUR), cast(t.csat, Double)),
    ).subquery("happened")


def _since(start: ColumnElement[Any], end: ColumnElement[Any], unit: float) -> ColumnElement[float]:
    return cast(extract("epoch", end - start) / unit, Double)


def _median(values: ColumnElement[float]) -> ColumnElement[float]:
    return func.percentile_cont(0.5).within_group(values)


def _bounds(filters: Filters) -> tuple[Any, Any]:
    return midnight(filters.start, filters.tz), midnight(filters.end, filters.tz)
