"""The value of a metric in each window of time, in SQL."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Select,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    null,
    select,
)

from analytics.measures.anonymous import UNITS
from analytics.measures.durations import GAMMA
from analytics.metrics import Metric
from analytics.product.trends.facts import ONE_DAY
from analytics.product.trends.readings import AVERAGED, PARTS, Reading

PERCENTILES = {"duration_p50": 0.50, "duration_p95": 0.95}
GRID = ("which", "period", "complete", "place", "series")
Term = ColumnElement[Any]


def values_in(grid: CTE, seen: CTE, metric: Metric, *, anonymous: bool) -> CTE:
    """A row a period and series, with a part and, for shares, the whole it is a part of.

    `grid` has every window of every series, `seen` the rows of `trend_facts` by series.
    """
    inside = and_(
        seen.c.at >= grid.c.begins, seen.c.at < grid.c.ends, seen.c.series == grid.c.series
    )
    joined = grid.outerjoin(seen, inside)
    keys = [grid.c[name] for name in GRID]
    if metric.key in PERCENTILES:
        binned = select(*keys, seen.c.bin, func.sum(seen.c.n).label("n")).select_from(joined)
        return _percentile(binned.group_by(*keys, seen.c.bin), PERCENTILES[metric.key])
    part, whole = _terms(metric, grid, seen, anonymous)
    counts = select(*keys, part.label("part"), whole.label("whole")).select_from(joined)
    if metric.key != "stickiness":
        return counts.group_by(*keys).cte("counted")
    return _mean(counts.group_by(*keys, grid.c.ends))


def read_value(counted: CTE, metric: Metric, reading: Reading) -> Term:
    """SQL for the value of each row of `values_in`; averages only of seven whole periods."""
    part, whole, share = counted.c.part, counted.c.whole, metric.key in PARTS
    if reading != "average":
        return part / func.nullif(whole, 0) if share else part
    frame: dict[str, Any] = {
        "partition_by": [counted.c.which, counted.c.series],
        "order_by": counted.c.period,
        "rows": (1 - AVERAGED, 0),
    }
    if "durations" in metric.sources:
        return case((func.count().filter(counted.c.complete).over(**frame) == AVERAGED, part))
    full = func.count(part).filter(counted.c.complete).over(**frame) == AVERAGED
    total = func.sum(part).over(**frame)
    of = func.nullif(func.sum(whole).over(**frame), 0) if share else literal(AVERAGED)
    return case((full, total / of))


def _terms(metric: Metric, grid: CTE, seen: CTE, anonymous: bool) -> tuple[Term, Term]:
    """SQL for the part and the whole; a metric that is no share has no whole."""
    nothing = cast(null(), Double)
    match metric.key:
        case "events" | "new_actors":
            return _sum(seen.c.n), nothing
        case "failures":
            return _sum(seen.c.failures), nothing
        case "error_rate":
            return _sum(seen.c.failures), _sum(seen.c.n)
        case "sessions":
            return _float(func.count(distinct(seen.c.session))), nothing
        case "actors":
            return _people(grid, seen, anonymous), nothing
        case "events_per_actor":
            return _sum(seen.c.n), _people(grid, seen, anonymous)
        case _ if anonymous:
            return nothing, nothing
        case "stickiness":
            today = seen.c.at == grid.c.ends - ONE_DAY
            people = func.count(distinct(seen.c.actor))
            return _float(people.filter(today)), _float(people)
    return _float(func.count(distinct(seen.c.actor))), nothing


def _people(grid: CTE, seen: CTE, anonymous: bool) -> Term:
    """Distinct actors; without ids the marks of the calendar unit that the window is."""
    if not anonymous:
        return _float(func.count(distinct(seen.c.actor)))
    marks = {unit: func.coalesce(func.sum(seen.c[unit]), 0) for unit in UNITS}
    return _float(case(*((func.min(grid.c.unit) == unit, n) for unit, n in marks.items())))


def _mean(daily: Select[Any]) -> CTE:
    """The mean of the days' shares; days without any whole have none."""
    days = daily.subquery("days")
    keys = [days.c[name] for name in GRID]
    share = func.avg(days.c.part / func.nullif(days.c.whole, 0)).label("part")
    return select(*keys, share, cast(null(), Double).label("whole")).group_by(*keys).cte("counted")


def _percentile(binned: Select[Any], share: float) -> CTE:
    """The middle of the lowest bin up to which this share of the durations lies."""
    bins = binned.subquery("bins")
    keys = [bins.c[name] for name in GRID]
    reached = func.sum(bins.c.n).over(partition_by=keys, order_by=bins.c.bin).label("reached")
    total = func.sum(bins.c.n).over(partition_by=keys).label("total")
    running = select(*keys, bins.c.bin, reached, total).subquery("running")
    keys = [running.c[name] for name in GRID]
    enough = and_(running.c.bin.is_not(None), running.c.reached >= share * running.c.total)
    lowest = func.min(running.c.bin).filter(enough)
    middle = (2 * func.power(cast(GAMMA, Double), lowest) / (GAMMA + 1)).label("part")
    return select(*keys, middle, cast(null(), Double).label("whole")).group_by(*keys).cte("counted")


def _sum(column: Term) -> Term:
    return _float(func.coalesce(func.sum(column), 0))


def _float(number: Term) -> Term:
    return cast(number, Double)
