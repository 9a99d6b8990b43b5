"""SQL for the moments of each actor: what the events of one instant can do together."""

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations, groupby
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.filters import Filters
from analytics.measures.cutting import or_not_set
from analytics.product.funnels.definition import Funnel
from analytics.product.funnels.raw import of_names, serves, serves_any
from analytics.product.funnels.reading import span_of
from analytics.scope import Viewer, visible_events

Together = tuple[int, ...]  # steps that one event may serve as well as another
Span = tuple[datetime, datetime]


def moments(
    viewer: Viewer,
    filters: Filters,
    funnel: Funnel,
    spans: Sequence[Span],
    by: str | None = None,
    exposed: CTE | None = None,
) -> CTE:
    """One row an actor, moment and span whose entries or their windows it lies in.

    Columns: span (from 1), actor_key, at, entered (the moment where a chain may begin, else null),
    size (events), excluded (whether an exclusion is among them), label (of the breakdown), and for
    each set of steps that can share events, how many serve one of them. `exposed` is as in
    `counted_chains`.
    """
    m, s = _marks(viewer, filters, funnel, by, exposed), _spans(spans)
    first = _first(m, funnel)
    counted = [
        func.count().filter(or_(*(m.c[f"serves_{step}"] for step in steps))).label(named(steps))
        for steps in together(funnel)
    ]
    begins = func.bool_or(first) & (m.c.at >= s.c.since) & (m.c.at < s.c.until)
    groups = [s.c.span, m.c.actor_key, m.c.at]
    query: Select[Any] = (
        select(
            *groups,
            case((begins, m.c.at)).label("entered"),
            func.count().label("size"),
            func.bool_or(m.c.excluded).label("excluded"),
            func.min(m.c.label.collate("C")).filter(first).label("label"),
            *counted,
        )
        .join(s, (m.c.at >= s.c.since) & (m.c.at <= s.c.until + funnel.window))
        .group_by(*groups, s.c.since, s.c.until)
    )
    return query.cte("moments")


def together(funnel: Funnel) -> list[Together]:
    """Every set of steps that could share events: those of one name."""
    return [chosen for steps in by_name(funnel) for chosen in subsets(steps)]


def subsets(steps: Together) -> list[Together]:
    """Every set of one or more of these steps."""
    sizes = range(1, len(steps) + 1)
    return [chosen for size in sizes for chosen in combinations(steps, size)]


def by_name(funnel: Funnel) -> list[Together]:
    """The numbers of the steps (from 1), those with the same event together."""
    numbered = sorted((step.name, number) for number, step in enumerate(funnel.steps, start=1))
    groups = groupby(numbered, key=lambda pair: pair[0])
    return [tuple(number for _, number in group) for _, group in groups]


def named(steps: Together) -> str:
    """The column that counts the events which serve one of these steps."""
    return "n_" + "_".join(str(step) for step in steps)


def takes(rows: CTE, funnel: Funnel, done: int, to: int) -> ColumnElement[bool]:
    """Whether a moment's events take a chain from a step to another: each has one of its own.

    So it is if every set of steps is served by as many events as it has steps (Hall, 1935).
    """
    steps = [chosen for chosen in together(funnel) if done < chosen[0] and chosen[-1] <= to]
    return and_(true(), *(rows.c[named(chosen)] >= len(chosen) for chosen in steps))


def actor_of(rows: FromClause) -> list[ColumnElement[Any]]:
    """What tells the actors of a span apart."""
    return [rows.c.span, rows.c.actor_key]


def same_actor(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Whether two rows are about the same actor in the same span."""
    return and_(one.c.span == other.c.span, one.c.actor_key == other.c.actor_key)


def _marks(
    viewer: Viewer, filters: Filters, funnel: Funnel, by: str | None, exposed: CTE | None
) -> CTE:
    """The raw events with what they serve."""
    e = visible_events(viewer, span_of(filters, funnel), by)
    serving = [
        serves(e, step).label(f"serves_{number}")
        for number, step in enumerate(funnel.steps, start=1)
    ]
    query: Select[Any] = select(
        e.c.actor_key,
        e.c.occurred_at.label("at"),
        *serving,
        serves_any(e, funnel.exclusions).label("excluded"),
        (or_not_set(e.c.series) if by else literal("")).label("label"),
    ).where(*of_names(e, funnel))
    if funnel.order != "strict":
        query = query.where(serves_any(e, (*funnel.steps, *funnel.exclusions)))
    if exposed is not None:
        query = query.join(exposed, _in_window(e, exposed))
    return query.where(literal(not filters.anonymous)).cte("marks")


def _in_window(e: FromClause, exposed: CTE) -> ColumnElement[bool]:
    at, theirs = e.c.occurred_at, e.c.actor_key == exposed.c.actor_key
    return and_(theirs, at >= exposed.c.exposed_at, at < exposed.c.until)


def _first(marks: CTE, funnel: Funnel) -> ColumnElement[bool]:
    """Which events can be the first of a chain."""
    if funnel.order != "any":
        return marks.c.serves_1
    return or_(*(marks.c[f"serves_{number}"] for number in range(1, len(funnel.steps) + 1)))


def _spans(spans: Sequence[Span]) -> CTE:
    """The ranges of entries, numbered from 1."""
    moments = ARRAY(DateTime(timezone=True))
    ends = [cast(literal([span[end] for span in spans], moments), moments) for end in (0, 1)]
    span = func.unnest(*ends).table_valued("since", "until", with_ordinality="span", name="spans")
    span = span.render_derived()
    return select(span.c.span, span.c.since, span.c.until).cte("spans")
