"""The chain that counts of each actor, as one plain statement over raw events.

Where `chains` follows each entry forwards, this keeps for each step the latest entry from which it
has been reached so far, as windowFunnel of ClickHouse does: two ways to the same numbers.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Function,
    Over,
    Select,
    and_,
    case,
    func,
    null,
    or_,
    select,
)

from analytics.filters import Filters
from analytics.product.funnels.definition import Funnel
from analytics.product.funnels.sql_any import windowed
from analytics.product.funnels.sql_moments import (
    Span,
    actor_of,
    moments,
    same_actor,
    takes,
)
from analytics.scope import Viewer

ANY, CLEAN = "any", "clean"  # chains of either kind, and those without an exclusion in them


def counted_chains(
    viewer: Viewer,
    filters: Filters,
    funnel: Funnel,
    spans: Sequence[Span],
    by: str | None = None,
    exposed: CTE | None = None,
) -> CTE:
    """One row an actor and span of entries: those who got further past an exclusion are left out.

    Columns: span (from 1), actor_key, entry (instant), steps (how many the chain has), open
    (whether it may still get further), ended (when the last step was done, null if it was not)
    and label (the breakdown's value at the entry). Of those `exposed` to something, what they did
    from `exposed_at` to before `until` counts, and of nobody else anything.
    """
    rows = moments(viewer, filters, funnel, spans, by, exposed)
    reached = (windowed if funnel.order == "any" else _grown)(rows, funnel)
    count = len(funnel.steps)
    kept = select(reached).where(reached.c.steps == reached.c.furthest).cte("kept")
    entry = rows.alias("entry_moments")
    query: Select[Any] = select(
        *(kept.c[name] for name in ("span", "actor_key", "entry", "steps", "ended")),
        and_(kept.c.steps < count, kept.c.entry + funnel.window > filters.now).label("open"),
        entry.c.label,
    ).join(entry, same_actor(kept, entry) & (entry.c.at == kept.c.entry))
    return query.cte("counted_chains")


def _grown(rows: CTE, funnel: Funnel) -> CTE:
    """span, actor_key, furthest, steps, entry and ended of each actor."""
    count = len(funnel.steps)
    c = rows.c
    spoils = _so_far(rows, func.max(case((c.excluded, c.at)))).label("spoils")
    rows = select(*c, spoils).cte("steps_0")
    kinds = (ANY, CLEAN) if funnel.exclusions else (ANY,)
    for step in range(1, count + 1):
        rows = _one_step(rows, funnel, kinds, step)
    best = [
        func.max(rows.c[f"{kind}_{step}"]).over(partition_by=actor_of(rows)).label(f"{kind}_{step}")
        for kind in kinds
        for step in range(1, count + 1)
    ]
    last = rows.c[f"{kinds[-1]}_{count}"]
    theirs = select(*actor_of(rows), rows.c.at, last.label("last"), *best).cte("best")
    steps, entry = _furthest(theirs, kinds[-1], count)
    furthest, _ = _furthest(theirs, ANY, count)
    ended = func.min(theirs.c.at).filter(theirs.c.last == theirs.c[f"{kinds[-1]}_{count}"])
    groups = [*actor_of(theirs), steps, furthest, entry]
    query: Select[Any] = (
        select(
            *actor_of(theirs),
            steps.label("steps"),
            furthest.label("furthest"),
            entry.label("entry"),
            ended.label("ended"),
        )
        .where(entry.is_not(None))
        .group_by(*groups)
    )
    return query.cte("reached")


def _one_step(rows: CTE, funnel: Funnel, kinds: Sequence[str], step: int) -> CTE:
    """The rows with the latest entry from which a step is reached at each moment."""
    added: list[ColumnElement[Any]] = []
    for kind in kinds:
        known: list[ColumnElement[Any]] = [
            rows.c[f"{kind}_before_{number}"] for number in range(1, step - 1)
        ]
        if step > 1:
            known.append(_before(rows, funnel, kind, step - 1))
            added.append(known[-1].label(f"{kind}_before_{step - 1}"))
        sources = enumerate([rows.c.entered, *known])
        ways = [case((takes(rows, funnel, done, step), entry)) for done, entry in sources]
        added.append(func.greatest(*ways).label(f"{kind}_{step}"))
        if funnel.order == "strict":
            added.append(_passing(rows, funnel, [rows.c.entered, *known], step, kind))
    return select(*rows.c, *added).cte(f"steps_{step}")


def _passing(
    rows: CTE, funnel: Funnel, sources: Sequence[ColumnElement[Any]], step: int, kind: str
) -> ColumnElement[Any]:
    """The latest entry of the chains that may go on from here: they use all events of the moment,
    unless they begin in it.
    """
    ways = []
    for done, entry in enumerate(sources):
        passes = takes(rows, funnel, done, step)
        if done:
            passes &= rows.c.size == step - done
        ways.append(case((passes, entry)))
    return func.greatest(*ways).label(f"{kind}_passing_{step}")


def _before(rows: CTE, funnel: Funnel, kind: str, step: int) -> ColumnElement[Any]:
    """The latest entry from which a step was reached before, if a chain from it may end here."""
    if funnel.order == "strict":
        passing = func.lag(rows.c[f"{kind}_passing_{step}"])
        entry = passing.over(partition_by=actor_of(rows), order_by=rows.c.at)
    else:
        entry = _so_far(rows, func.max(rows.c[f"{kind}_{step}"]))
    fits = entry >= rows.c.at - funnel.window
    if kind == CLEAN:
        fits &= or_(rows.c.spoils.is_(None), entry >= rows.c.spoils)
    return case((fits, entry))


def _so_far(rows: CTE, aggregate: Function[Any]) -> Over[Any]:
    """Of the actor's moments before each."""
    return aggregate.over(partition_by=actor_of(rows), order_by=rows.c.at, rows=(None, -1))


def _furthest(rows: CTE, kind: str, count: int) -> tuple[ColumnElement[int], ColumnElement[Any]]:
    """How many steps are reached, and from which entry."""
    columns = [(step, rows.c[f"{kind}_{step}"]) for step in range(count, 0, -1)]
    steps = case(*((column.is_not(None), step) for step, column in columns), else_=0)
    return steps, func.coalesce(*(column for _, column in columns), null())
