"""Raw events with the steps that each may serve, for funnels that ask for properties."""

from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    LargeBinary,
    Select,
    SmallInteger,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.filters import Filters
from analytics.measures.cells import load_cells
from analytics.measures.cutting import or_not_set, packed, read, unpacked
from analytics.measures.packs import EPOCH_US
from analytics.product.funnels.definition import NUMBER, Condition, Funnel, Step
from analytics.product.funnels.instants import Marked
from analytics.scope import Viewer, visible_event_packs, visible_events
from db.errors import TooWide

MOST_RAW = 3_000_000  # events that are read for their properties at once


def serves(e: Subquery, step: Step) -> ColumnElement[bool]:
    """SQL for whether an event serves a step."""
    return and_(e.c.name == step.name, *(_holds(e, condition) for condition in step.conditions))


def serves_any(e: Subquery, steps: tuple[Step, ...]) -> ColumnElement[bool]:
    """SQL for whether an event serves one of the steps."""
    return or_(literal(False), *(serves(e, step) for step in steps))


def _holds(e: Subquery, condition: Condition) -> ColumnElement[bool]:
    raw = e.c.properties.op("->>")(condition.of) if condition.of else e.c.subject
    text = func.coalesce(raw, "")
    match condition.operator:
        case "eq":
            return text == condition.value
        case "ne":
            return text != condition.value
        case "has":
            return func.strpos(text, condition.value) > 0
        case "set":
            return text != ""
    number = case((text.op("~")(NUMBER), cast(text, Double)))
    limit = float(condition.value)
    return func.coalesce(number > limit if condition.operator == "gt" else number < limit, False)


def raw_events(
    conn: Connection, viewer: Viewer, filters: Filters, funnel: Funnel, by: str | None = None
) -> Marked:
    """The events of these days, by actor and time; raises TooWide above MOST_RAW of them."""
    _refuse_too_many(conn, viewer, filters, funnel)
    values: tuple[str, ...] = ()
    if by is not None:
        values = tuple(load_cells(conn, viewer, filters.project_id).labels(by))
    sent = read(conn, _sent(visible_events(viewer, filters, by), funnel, values))
    return _marked([sent[name][0] or b"" for name in sent], values)


def of_names(e: Subquery, funnel: Funnel) -> list[ColumnElement[bool]]:
    """SQL that keeps the events the funnel has to do with."""
    return [e.c.name.in_(funnel.names)] if funnel.names else []


def _refuse_too_many(conn: Connection, viewer: Viewer, span: Filters, funnel: Funnel) -> None:
    packs = visible_event_packs(viewer, span, funnel.names)
    total = conn.execute(
        select(func.coalesce(func.sum(packs.c.n), 0).cast(BigInteger))
    ).scalar_one()
    if total > MOST_RAW:
        raise TooWide(
            f"Properties are read from raw events, and there are {total:,} in the range and the "
            f"window after it; at most {MOST_RAW:,} are read at once. Choose fewer days."
        )


def _sent(e: Subquery, funnel: Funnel, values: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """Actors, moments, steps, exclusions and labels, each as one value.

    With a breakdown, events of values that were never counted yet are left out.
    """
    bits = [case((serves(e, step), 1 << place), else_=0) for place, step in enumerate(funnel.steps)]
    excluded = case((serves_any(e, funnel.exclusions), 1), else_=0)
    label: ColumnElement[Any] = literal(1)
    kept = of_names(e, funnel)
    if "series" in e.c:
        label = func.array_position(literal(list(values), ARRAY(Text)), or_not_set(e.c.series))
        kept.append(label.is_not(None))
    sent: list[ColumnElement[bytes]] = [
        packed(e.c.actor_key).label("actor"),
        _joined(func.timestamptz_send(e.c.occurred_at)).label("at"),
        _joined(func.int2send(cast(sum(bits[1:], bits[0]), SmallInteger))).label("steps"),
        _joined(func.int2send(cast(excluded, SmallInteger))).label("excluded"),
        _joined(func.int2send(cast(label, SmallInteger))).label("label"),
    ]
    return select(*sent).where(*kept)


def _joined(sent: ColumnElement[bytes]) -> ColumnElement[bytes]:
    return func.string_agg(sent, literal(b"", LargeBinary), type_=LargeBinary)


def _marked(columns: list[bytes], values: tuple[str, ...]) -> Marked:
    actors, moments = unpacked(columns[0]), unpacked(columns[1]) + EPOCH_US
    steps, excluded, label = (np.frombuffer(column, ">i2") for column in columns[2:])
    order = np.lexsort((moments, actors))
    keys, actor = np.unique(actors[order], return_inverse=True)
    return Marked(
        keys,
        actor.astype(np.int64),
        moments[order],
        steps[order].astype(np.uint8),
        excluded[order] > 0,
        label[order].astype(np.int32) - 1,
        values,
    )
