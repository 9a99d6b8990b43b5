"""A trend as one SQL statement: slower than the question it stands for, with the same numbers."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Double,
    Select,
    and_,
    case,
    cast,
    distinct,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from analytics.filters import Filters
from analytics.measures.anonymous import UNITS
from analytics.measures.cutting import ALL
from analytics.measures.durations import GAMMA
from analytics.metrics import Metric, find_metric
from analytics.periods import midnight
from analytics.product.readings import AVERAGED, Reading, check_reading
from analytics.product.trend_facts import ONE_DAY, spanned, trend_facts, windows
from analytics.product.trends import OTHER
from analytics.scope import Viewer

PERCENTILES = {"duration_p50": 0.50, "duration_p95": 0.95}
GRID = ("which", "period", "complete", "place", "series")
Term = ColumnElement[Any]


def trend_sql(
    viewer: Viewer,
    filters: Filters,
    metric: str,
    by: str | None = None,
    top: int = 6,
    reading: Reading = "each",
) -> Select[Any]:
    """The rows of `trend`: which, period, series and value, in its order."""
    chosen = find_metric(metric)
    check_reading(chosen, reading)
    rows = trend_facts(viewer, spanned(filters, chosen, by), metric, by).cte("facts")
    seen = _ranked(rows, filters, chosen, top) if by else rows
    shown = windows(filters, chosen, by, reading, rows.c.at)
    counted = _counted(shown, seen, chosen, filters)
    value = _read(counted, chosen, reading).label("value")
    allowed = true() if viewer.sees(filters.project_id, "product") else false()
    return (
        select(counted.c.which, counted.c.period, counted.c.series, value)
        .where(allowed)
        .order_by(counted.c.place, counted.c.which, counted.c.period)
    )


def _ranked(rows: CTE, filters: Filters, metric: Metric, top: int) -> CTE:
    """Every row twice: in all, and under its value, or under Other where more is behind others."""
    most = func.coalesce(_behind(rows, metric).filter(_within(rows, filters)), 0)
    order = (most.desc(), rows.c.series.collate("C"))
    place = func.row_number().over(order_by=order).label("place")
    ranked = select(rows.c.series, place).group_by(rows.c.series).cte("ranked")
    quoted = ranked.c.series.in_((ALL, OTHER))
    named = case((quoted, func.concat("\u201c", ranked.c.series, "\u201d")), else_=ranked.c.series)
    kept = ranked.c.place <= top
    carried = [column for column in rows.c if column.name != "series"]
    single = select(
        *carried,
        func.least(ranked.c.place, top + 1).label("place"),
        case((kept, named), else_=OTHER).label("series"),
    ).join(ranked, ranked.c.series == rows.c.series)
    total = select(*carried, literal(0).label("place"), literal(ALL).label("series"))
    return union_all(total, single).cte("seen")


def _behind(rows: CTE, metric: Metric) -> Any:
    """What ranks the values of a breakdown."""
    source = metric.sources[0]
    if source == "actives":
        by_day = "first_day" in rows.c
        return func.sum(rows.c.first_day) if by_day else func.count(distinct(rows.c.actor))
    if source == "sessions":
        return func.count(distinct(rows.c.session))
    timed = rows.c.bin.is_not(None) if source == "durations" else true()
    return func.sum(case((timed, rows.c.n), else_=0))


def _within(rows: CTE, filters: Filters) -> ColumnElement[bool]:
    at = rows.c.at
    if isinstance(at.type, Date):
        return and_(at >= filters.start, at < filters.end)
    start, end = midnight(filters.start, filters.tz), midnight(filters.end, filters.tz)
    return and_(at >= start, at < end)


def _counted(shown: CTE, seen: CTE, metric: Metric, filters: Filters) -> CTE:
    """A row a period and series, with a part and, for shares, the whole it is a part of."""
    grid = _grid(shown, seen)
    inside = and_(
        seen.c.at >= grid.c.begins, seen.c.at < grid.c.ends, seen.c.series == grid.c.series
    )
    joined = grid.outerjoin(seen, inside)
    keys = [grid.c[name] for name in GRID]
    if metric.key in PERCENTILES:
        binned = select(*keys, seen.c.bin, func.sum(seen.c.n).label("n")).select_from(joined)
        return _percentile(binned.group_by(*keys, seen.c.bin), PERCENTILES[metric.key])
    part, whole = _terms(metric, grid, seen, filters.anonymous)
    counts = select(*keys, part.label("part"), whole.label("whole")).select_from(joined)
    if metric.key != "stickiness":
        return counts.group_by(*keys).cte("counted")
    return _mean(counts.group_by(*keys, grid.c.ends))


def _grid(shown: CTE, seen: CTE) -> CTE:
    """Every window of every series, also where nothing happened."""
    if "place" in seen.c:
        found = select(seen.c.place, seen.c.series)
        series = found.union(select(literal(0), literal(ALL))).cte("series")
    else:
        series = select(literal(0).label("place"), literal(ALL).label("series")).cte("series")
    return select(*shown.c, *series.c).join_from(shown, series, true()).cte("grid")


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


def _read(counted: CTE, metric: Metric, reading: Reading) -> Term:
    """SQL for the value; the average only where seven whole periods are there."""
    part, whole, share = counted.c.part, counted.c.whole, _is_share(metric)
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


def _is_share(metric: Metric) -> bool:
    return metric.key in ("error_rate", "events_per_actor")


def _sum(column: Term) -> Term:
    return _float(func.coalesce(func.sum(column), 0))


def _float(number: Term) -> Term:
    return cast(number, Double)
