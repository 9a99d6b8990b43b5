"""The questions about funnels as one statement each, which gives the same numbers.

They read raw events, and so take longer than the pages do.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Double,
    Select,
    TableValuedAlias,
    Text,
    cast,
    extract,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from analytics.filters import Filters
from analytics.periods import midnight, periods
from analytics.product.funnels.definition import Funnel
from analytics.product.funnels.frames import TIME_EDGES
from analytics.product.funnels.sql_chains import counted_chains
from analytics.product.funnels.sql_moments import Span
from analytics.scope import Viewer, within


def funnel_sql(viewer: Viewer, filters: Filters, funnel: Funnel) -> Select[Any]:
    """step, event, actors, conversion, step_conversion, lost and maturing, as in `steps`."""
    c = _chains(viewer, filters, funnel)
    numbers = _numbered([step.name for step in funnel.steps], Text(), "event")
    step = numbers.c.number
    stopped, ended = c.c.steps == step, step == len(funnel.steps)
    counted = (
        select(
            step.label("step"),
            numbers.c.event,
            func.count().filter(c.c.steps >= step).label("actors"),
            func.count().filter(stopped, ~c.c.open, ~ended).label("lost"),
            func.count().filter(stopped, c.c.open).label("maturing"),
        )
        .select_from(numbers.join(c, literal(True)))
        .group_by(step, numbers.c.event)
        .subquery("counted")
    )
    n = counted.c
    before = func.lag(n.actors).over(order_by=n.step)
    first = func.first_value(n.actors).over(order_by=n.step)
    return select(
        n.step,
        n.event,
        n.actors,
        _share(n.actors, first).label("conversion"),
        _share(n.actors, before).label("step_conversion"),
        n.lost,
        n.maturing,
    ).order_by(n.step)


def values_sql(viewer: Viewer, filters: Filters, funnel: Funnel, dimension: str) -> Select[Any]:
    """value, entered, converted, conversion, maturing, lost and median_seconds, as in `values`."""
    c = _chains(viewer, filters, funnel, dimension)
    converted = c.c.steps == len(funnel.steps)
    entered = func.count().label("entered")
    done = func.count().filter(converted)
    median = func.percentile_cont(0.5).within_group(_seconds(c)).filter(converted)
    return (
        select(
            c.c.label.label("value"),
            entered,
            done.label("converted"),
            _share(done, func.count()).label("conversion"),
            func.count().filter(c.c.open).label("maturing"),
            func.count().filter(~converted, ~c.c.open).label("lost"),
            median.label("median_seconds"),
        )
        .group_by(c.c.label)
        .order_by(entered.desc(), c.c.label.collate("C"))
    )


def times_sql(viewer: Viewer, filters: Filters, funnel: Funnel) -> Select[Any]:
    """from_seconds and actors of the bars that hold anybody, as in `times`."""
    c = _chains(viewer, filters, funnel)
    took = select(_seconds(c).label("took")).where(c.c.steps == len(funnel.steps)).subquery("done")
    edges = list(TIME_EDGES[:-1])
    bars = _numbered(edges, Double(), "from_seconds")
    bar = func.width_bucket(took.c.took, literal(edges, ARRAY(Double)))
    begins = bars.c.from_seconds
    return (
        select(begins, func.count().label("actors"))
        .select_from(bars.join(took, bar == bars.c.number))
        .group_by(begins)
        .order_by(begins)
    )


def series_sql(viewer: Viewer, filters: Filters, funnel: Funnel) -> Select[Any]:
    """period (local), entered, converted and value of the periods with entries, as in `series`."""
    shown = periods(filters)
    spans = [(period.start, period.end) for period in shown]
    c = counted_chains(within(viewer, "product"), filters, funnel, spans)
    labels = _numbered([period.label for period in shown], DateTime(), "period")
    period = labels.c.period
    done = func.count().filter(c.c.steps == len(funnel.steps))
    return (
        select(
            period,
            func.count().label("entered"),
            done.label("converted"),
            _share(done, func.count()).label("value"),
        )
        .select_from(labels.join(c, c.c.span == labels.c.number))
        .group_by(period)
        .order_by(period)
    )


def dropped_sql(viewer: Viewer, filters: Filters, funnel: Funnel, step: int) -> Select[tuple[int]]:
    """actor_key of everybody who is lost after a step (from 1), as `dropped` finds them."""
    c = _chains(viewer, filters, funnel)
    return select(c.c.actor_key).where(c.c.steps == step, ~c.c.open)


def abandonment_sql(viewer: Viewer, filters: Filters, name: str, funnel: Funnel) -> Select[Any]:
    """The rows of `abandonment` that are about one funnel, by step."""
    s = funnel_sql(viewer, filters, funnel).order_by(None).subquery("funnel_steps").c
    after = func.lead(s.event).over(order_by=s.step).label("next_event")
    both = select(s.step, s.event, after, s.actors, s.lost, s.maturing).subquery("both")
    return (
        select(
            literal(name).label("funnel"),
            *both.c,
            _share(both.c.lost, both.c.actors).label("loss"),
        )
        .where(both.c.step < len(funnel.steps))
        .order_by(both.c.step)
    )


def _chains(viewer: Viewer, filters: Filters, funnel: Funnel, by: str | None = None) -> CTE:
    whole: Span = (midnight(filters.start, filters.tz), midnight(filters.end, filters.tz))
    return counted_chains(within(viewer, "product"), filters, funnel, [whole], by)


def _numbered(values: Sequence[Any], kind: TypeEngine[Any], name: str) -> TableValuedAlias:
    """These values as the rows of a table, numbered from 1."""
    listed = cast(literal(values, ARRAY(kind)), ARRAY(kind))
    table = func.unnest(listed).table_valued(name, with_ordinality="number", name=f"{name}s")
    return table.render_derived()


def _seconds(chains: CTE) -> ColumnElement[float]:
    seconds: ColumnElement[float] = cast(extract("epoch", chains.c.ended - chains.c.entry), Double)
    return seconds


def _share(part: ColumnElement[int], whole: ColumnElement[int]) -> ColumnElement[Any]:
    return cast(part, Double) / func.nullif(whole, 0)
