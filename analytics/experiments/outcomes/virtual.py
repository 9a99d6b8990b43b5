"""An experiment that nobody ran, on the project's own actors: base rates for planning, and A/A.

Everybody counts as exposed right after their first event in two weeks whose windows are over by
today. Of many actors a sample is taken by hash: means and variances need no more.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
    true,
)

from analytics.experiments.definition import InDimension, InSegment, Metric
from analytics.experiments.outcomes.exposed import around, elapsed
from analytics.experiments.outcomes.kept import framed
from analytics.experiments.outcomes.people import outcomes_of
from analytics.experiments.outcomes.sums import grouped, sums_of
from analytics.experiments.statistics.moments import NOTHING, NUMBERS, Sums
from analytics.filters import Filters
from analytics.scope import (
    Viewer,
    visible_actor_days,
    visible_cells,
    visible_events,
    visible_memberships,
    within,
)

ENTRY_DAYS = 14
MOST_ACTORS = 20_000  # that are sampled, about
TOP = 0.99  # of the actors have no higher outcome
A_MOMENT = timedelta(microseconds=1)  # the least that Postgres tells apart
SAMPLING = 5  # the seed that says who is in it; those of A/A begin with it, and never meet it again
LOW_BITS = 0x7FFFFFFF

Targeting = Sequence[InDimension | InSegment]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a metric is without any experiment, in [start, end): its sums over sampled actors.

    `actors` counts everybody who would have been exposed, of whom `share` (0 to 1) were sampled;
    `newcomers` are those of them who came in the second half of these days and not in the first. 99
    of 100 have no higher outcome than `top`, in the metric's own measure.
    """

    sums: Sums
    actors: int
    newcomers: int
    share: float
    start: date
    end: date
    top: float = 0.0

    @property
    def days(self) -> int:
        """How many days they came on."""
        return (self.end - self.start).days

    @property
    def per_day(self) -> float:
        """Newly exposed actors a day."""
        return self.actors / self.days

    @property
    def later_per_day(self) -> float:
        """The same once those who come regularly have all been exposed: newcomers a day."""
        return self.newcomers / (self.days - self.days // 2)


def baseline(
    conn: Connection, viewer: Viewer, filters: Filters, metric: Metric, targeting: Targeting = ()
) -> Baseline:
    """What a metric is among those whom the targeting fits, over the last whole weeks.

    Of the filters only the project and the present matter.
    """
    span = entry_span(filters, metric)
    actors, newcomers, share = _sampled(conn, viewer, span, targeting)
    people = _virtually(viewer, span, metric, targeting, share)
    outcomes = outcomes_of(viewer, _around(span, metric), people, metric)
    top = func.percentile_cont(TOP).within_group(outcomes.c.y).label("top")
    row = conn.execute(select(*sums_of(outcomes), top)).one()
    numbers = [getattr(row, name) for name in NUMBERS]
    sums = Sums(*numbers) if row.n else NOTHING
    return Baseline(sums, actors, newcomers, share, span.start, span.end, row.top or 0.0)


def a_a(
    conn: Connection, viewer: Viewer, filters: Filters, metric: Metric, times: int = 100
) -> pd.DataFrame:
    """The project's own actors, split at random into halves that nothing was done to, many times.

    Columns: seed (int64, 1 to `times`), variant ("A" or "B"), n (int64) and the sums as in
    `outcome_sums` (float64). A half without actors has no row.
    """
    span = entry_span(filters, metric)
    _, _, share = _sampled(conn, viewer, span, ())
    return framed(conn, a_a_sql(viewer, filters, metric, times, share))


def a_a_sql(
    viewer: Viewer, filters: Filters, metric: Metric, times: int = 100, share: float = 1.0
) -> Select[Any]:
    """The rows of `a_a`, of this share of the actors."""
    span = entry_span(filters, metric)
    people = _virtually(viewer, span, metric, (), share)
    outcomes = outcomes_of(viewer, _around(span, metric), people, metric)
    seeds = func.generate_series(1, times).table_valued("seed", name="seeds").render_derived()
    side = hashed(outcomes.c.actor_key, seeds.c.seed + SAMPLING) % 2
    variant = case((side == 0, "A"), else_="B").label("variant")
    query = grouped(outcomes, seeds.c.seed, variant).join_from(outcomes, seeds, true())
    return query.order_by(seeds.c.seed, variant)


def entry_span(filters: Filters, metric: Metric) -> Filters:
    """The days on which actors would have been exposed: the last whose windows are over today."""
    end = filters.today - timedelta(days=metric.window_days)
    return filters.of_anybody().over(end - timedelta(days=ENTRY_DAYS), end)


def hashed(key: ColumnElement[int], seed: ColumnElement[int] | int) -> ColumnElement[int]:
    """SQL for a number from 0 to 2**31 - 1 that a key and a seed always give."""
    number = func.hashint8extended(key, seed, type_=BigInteger)
    return number.op("&", return_type=BigInteger())(LOW_BITS)


def _around(span: Filters, metric: Metric) -> Filters:
    window = timedelta(days=metric.window_days)
    return around(span, [span.start, span.end + window], metric.window_days)


def _sampled(
    conn: Connection, viewer: Viewer, span: Filters, targeting: Targeting
) -> tuple[int, int, float]:
    """How many actors there are, how many of them are newcomers, and which share makes a sample."""
    people = _eligible(viewer, span, targeting).subquery("eligible")
    middle = span.start + timedelta(days=span.days // 2)
    late = func.count().filter(people.c.first_day >= middle)
    actors, newcomers = conn.execute(select(func.count(), late).select_from(people)).one()
    return actors, newcomers, min(1.0, MOST_ACTORS / actors) if actors else 0.0


def _virtually(
    viewer: Viewer, span: Filters, metric: Metric, targeting: Targeting, share: float
) -> CTE:
    """The sampled actors, exposed right after their first event that the targeting fits.

    That event is what lets them in: were it an outcome as well, everybody would have one.
    """
    e = visible_events(within(viewer, "product"), span)
    sample = _sample(viewer, span, targeting, share)
    first = (
        select(e.c.actor_key, (func.min(e.c.occurred_at) + A_MOMENT).label("exposed_at"))
        .join(sample, sample.c.actor_key == e.c.actor_key)
        .where(_met(viewer, span, e, targeting))
        .group_by(e.c.actor_key)
        .limit(_surely(share))
        .cte("first_events")
    )
    at, window = first.c.exposed_at, elapsed(metric.window_days)
    query = select(*first.c, (at - window).label("since"), (at + window).label("until"))
    return query.cte("exposed")


def _sample(viewer: Viewer, span: Filters, targeting: Targeting, share: float) -> Subquery:
    people = _eligible(viewer, span, targeting).subquery("eligible")
    drawn = hashed(people.c.actor_key, SAMPLING) < math.ceil(share * (LOW_BITS + 1))
    return select(people.c.actor_key).where(drawn).limit(_surely(share)).subquery("sample")


def _surely(share: float) -> int | None:
    """More than any sample has: so that the planner knows that it is small, and uses the index."""
    return 2 * MOST_ACTORS if share < 1 else None


def _eligible(viewer: Viewer, span: Filters, targeting: Targeting) -> Select[Any]:
    """Everybody who was there on one of these days, so that the targeting fits, and the first."""
    days = visible_actor_days(within(viewer, "product"), span)
    fits = _belonging(viewer, span, days, targeting)
    first_day = func.min(days.c.day).label("first_day")
    query = select(days.c.actor_key, first_day).where(literal(not span.anonymous), fits)
    if any(isinstance(one, InDimension) for one in targeting):
        cells = visible_cells(within(viewer, "product"), span.project_id)
        query = query.join(cells, cells.c.id == days.c.cell_id).where(_placed(cells, targeting))
    return query.group_by(days.c.actor_key)


def _met(viewer: Viewer, span: Filters, e: FromClause, targeting: Targeting) -> ColumnElement[bool]:
    return and_(_placed(e, targeting), _belonging(viewer, span, e, targeting))


def _placed(rows: FromClause, targeting: Targeting) -> ColumnElement[bool]:
    """The conditions on dimensions, on rows that carry them."""
    asked = [one for one in targeting if isinstance(one, InDimension)]
    found = [(one, rows.c[one.dimension].in_(one.values)) for one in asked]
    return and_(true(), *(~fits if one.negated else fits for one, fits in found))


def _belonging(
    viewer: Viewer, span: Filters, rows: FromClause, targeting: Targeting
) -> ColumnElement[bool]:
    """The conditions on segments, on rows with actors."""
    m = visible_memberships(within(viewer, "product"), span.project_id)
    asked = [one for one in targeting if isinstance(one, InSegment)]
    found = [
        (one, rows.c.actor_key.in_(select(m.c.actor_key).where(m.c.segment_id == one.segment)))
        for one in asked
    ]
    return and_(true(), *(~fits if one.negated else fits for one, fits in found))
