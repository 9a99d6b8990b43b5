"""The four numbers of each exposed actor that a metric is made of, as SQL."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Double, Select, cast, func, literal, select

from analytics.experiments.definition import OF_FEEDBACK, Metric
from analytics.experiments.outcomes.measures import of_events, of_feedback, of_funnel
from analytics.filters import Filters
from analytics.scope import Viewer
from db.tables import OUTCOME_SUMS


def outcomes_of(viewer: Viewer, filters: Filters, exposed: CTE, metric: Metric) -> CTE:
    """The columns of `exposed` with y, d, x and z (double precision), one row an actor.

    y is the measure from the exposure to the end of the window, d the same of `over`, or 1. x and z
    are the same in as long a time before the exposure, or 0 where that is not measured; z is 1
    without `over`. y and x count up to the cap. The filters' range has to hold all windows.
    """
    parts = _parts(viewer, filters, exposed, metric)
    columns = {name: _number(parts, name) for name in OUTCOME_SUMS}
    if metric.over is None:
        columns |= {"d": literal(1.0), "z": literal(1.0)}
    if not metric.has_past:
        columns |= {"x": literal(0.0), **({"z": literal(0.0)} if metric.over else {})}
    if metric.cap is not None:
        columns |= {name: func.least(columns[name], metric.cap) for name in ("y", "x")}
    named = [cast(column, Double).label(name) for name, column in columns.items()]
    query: Select[Any] = select(*exposed.c, *named)
    for part in parts:
        query = query.outerjoin_from(exposed, part, part.c.actor_key == exposed.c.actor_key)
    return query.cte("outcomes")


def _parts(viewer: Viewer, filters: Filters, exposed: CTE, metric: Metric) -> list[CTE]:
    """Where the numbers come from: events, feedback and funnels, each read once."""
    measures = {"y": metric.measure} | ({"d": metric.over} if metric.over else {})
    said = {name: one for name, one in measures.items() if one.of in OF_FEEDBACK}
    funnels = {name: one for name, one in measures.items() if one.of == "funnel"}
    did = {name: one for name, one in measures.items() if name not in said | funnels}
    parts = [of_funnel(viewer, filters, exposed, name, one) for name, one in funnels.items()]
    if did:
        parts.append(of_events(viewer, filters, exposed, did, metric.has_past))
    if said:
        parts.append(of_feedback(viewer, filters, exposed, said))
    return parts


def _number(parts: list[CTE], name: str) -> ColumnElement[Any]:
    """The column of this name in whichever part has it; 0 for who has no row there."""
    found = [part.c[name] for part in parts if name in part.c]
    return func.coalesce(found[0], 0.0) if found else literal(0.0)
