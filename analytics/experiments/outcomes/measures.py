"""What an actor did in the time that counts: a measure as SQL over raw events or feedback.

Of events without a name all count but the exposure, which is ours and not the actor's: else
everybody would be active.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    and_,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.sql import visitors

from analytics.experiments.definition import Measure
from analytics.experiments.outcomes.exposed import elapsed, local_day
from analytics.feedback.answers import sentiment_of
from analytics.filters import Filters
from analytics.periods import ends
from analytics.product.funnels.sql_chains import counted_chains
from analytics.scope import Viewer, visible_events, visible_feedback, within
from db.tables import EXPOSURE, SENTIMENTS

Amount = ColumnElement[Any]
BEFORE = {"y": "x", "d": "z"}  # what the same is called before the exposure
PROMOTERS_FROM, DETRACTORS_TO, SATISFIED_FROM, POINTS = 9, 6, 4, 100


def of_events(
    viewer: Viewer, filters: Filters, exposed: CTE, measures: Mapping[str, Measure], past: bool
) -> CTE:
    """One row an actor with any such event: each measure, and with a past, the same before."""
    e = visible_events(within(viewer, "product"), filters)
    after = e.c.occurred_at >= exposed.c.exposed_at
    these = {name: _which(e, exposed, measure) for name, measure in measures.items()}
    columns = []
    for name, measure in measures.items():
        columns.append(_amount(e, filters, measure, these[name] & after).label(name))
        if past:
            before = _amount(e, filters, measure, these[name] & ~after)
            columns.append(before.label(BEFORE[name]))
    theirs = and_(
        e.c.actor_key == exposed.c.actor_key,
        e.c.occurred_at >= (exposed.c.since if past else exposed.c.exposed_at),
        e.c.occurred_at < exposed.c.until,
    )
    query = select(exposed.c.actor_key, *columns).join(e, theirs).where(or_(*these.values()))
    return query.group_by(exposed.c.actor_key).cte("did")


def of_feedback(
    viewer: Viewer, filters: Filters, exposed: CTE, measures: Mapping[str, Measure]
) -> CTE:
    """One row an actor who gave feedback in their window: each measure."""
    f = visible_feedback(within(viewer, "feedback"), filters)
    columns = [_said(f, measure).label(name) for name, measure in measures.items()]
    query = (
        select(exposed.c.actor_key, *columns)
        .join(
            f,
            and_(
                f.c.actor_key == exposed.c.actor_key,
                f.c.said_at >= exposed.c.exposed_at,
                f.c.said_at < exposed.c.until,
            ),
        )
        .group_by(exposed.c.actor_key)
    )
    return query.cte("said")


def of_funnel(viewer: Viewer, filters: Filters, exposed: CTE, name: str, measure: Measure) -> CTE:
    """One row an actor who took all steps of a funnel in their window."""
    funnel = measure.steps
    chains = counted_chains(
        within(viewer, "product"), filters, funnel, [ends(filters)], exposed=exposed
    )
    query = select(chains.c.actor_key, literal(1.0).label(name))
    query = query.where(chains.c.steps == len(funnel.steps))
    _name_apart(query, exposed, name)
    return query.cte(f"converted_{name}")


def _name_apart(query: Select[Any], exposed: CTE, name: str) -> None:
    """Tell the CTEs of a funnel from those of another in the same statement."""
    shared = set(visitors.iterate(exposed))
    for part in set(visitors.iterate(query)) - shared:
        if isinstance(part, CTE):
            part.name = f"{part.name}_{name}"


def _which(e: Subquery, exposed: CTE, measure: Measure) -> ColumnElement[bool]:
    """Whether an event is one of those that a measure is about."""
    named = e.c.name == measure.event if measure.event else e.c.name != EXPOSURE
    subject = true() if measure.subject is None else e.c.subject == measure.subject
    if measure.of != "back":
        return and_(named, subject)
    return and_(named, subject, _on_day(e.c.occurred_at, exposed.c.exposed_at, measure))


def _on_day(
    at: ColumnElement[datetime], exposed_at: ColumnElement[datetime], measure: Measure
) -> ColumnElement[bool]:
    begun = at >= exposed_at + elapsed(measure.day)
    return begun if measure.after else begun & (at < exposed_at + elapsed(measure.day + 1))


def _amount(e: Subquery, filters: Filters, measure: Measure, these: ColumnElement[bool]) -> Amount:
    """A measure over the events of a group that `these` holds for."""
    match measure.of:
        case "did" | "back":
            return func.least(func.count().filter(these), 1)
        case "failures":
            return func.count().filter(these, ~e.c.ok)
        case "value":
            return func.sum(e.c.value).filter(these)
        case "duration":
            return func.sum(e.c.duration_ms).filter(these)
        case "timed":
            return func.count(e.c.duration_ms).filter(these)
        case "slow":
            return func.count().filter(these, e.c.duration_ms > measure.threshold)
        case "sessions":
            return func.count(e.c.session_key.distinct()).filter(these)
        case "days":
            return func.count(local_day(filters, e.c.occurred_at).distinct()).filter(these)
    return func.count().filter(these)


def _said(f: Subquery, measure: Measure) -> Amount:
    """A measure over the feedback of a group, counted as on the pages of feedback."""
    theirs = f.c.kind == measure.feedback if measure.feedback else true()
    score, label = f.c.score, sentiment_of(f)

    def count(*these: ColumnElement[bool]) -> Amount:
        return func.count().filter(theirs, *these)

    match measure.of:
        case "score":
            return func.sum(score).filter(theirs)
        case "promoters":
            return POINTS * (count(score >= PROMOTERS_FROM) - count(score <= DETRACTORS_TO))
        case "satisfied":
            return count(score >= SATISFIED_FROM)
        case "helpful":
            return count(f.c.helpful)
        case "judged":
            return count(f.c.helpful.is_not(None))
        case "sentiment":
            return POINTS * (count(label == "positive") - count(label == "negative"))
        case "scored":
            return count(label.in_(SENTIMENTS[:3]))
        case "said":
            return count()
    return count(score.is_not(None))
