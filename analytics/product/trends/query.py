"""A trend as one SQL statement: slower than the question it stands for, with the same numbers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    distinct,
    false,
    func,
    literal,
    select,
    true,
    union_all,
)

from analytics.filters import Filters
from analytics.measures.cutting import ALL, OTHER
from analytics.metrics import Metric, find_metric
from analytics.periods import midnight, periods, whole
from analytics.product.trends.facts import (
    Window,
    counted_for,
    spanned,
    trend_facts,
    windows,
)
from analytics.product.trends.over_time import compared_periods
from analytics.product.trends.readings import Reading, check_reading
from analytics.product.trends.values import read_value, values_in
from analytics.scope import Viewer


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
    before, now = compared_periods(filters, by), periods(filters)
    earlier = [filters.compared_with(period.label) for period in before]
    labels = [period.label for period in now]
    counted = counted_for("previous", earlier, before, chosen, reading, filters)
    counted += counted_for("current", labels, now, chosen, reading, filters)
    span = spanned(filters, [*before, *now], chosen)
    return _statement(viewer, filters, span, chosen, by, top, reading, counted)


def totals_sql(
    viewer: Viewer, filters: Filters, metric: str, by: str | None = None, top: int = 50
) -> Select[Any]:
    """The rows of `totals`: series and value, in its order."""
    chosen, daily = find_metric(metric), replace(filters, grain="day")
    range_ = whole(daily)
    counted = counted_for("current", [range_.label], [range_], chosen, "each", daily)
    span = spanned(daily, [range_], chosen)
    rows = _statement(viewer, daily, span, chosen, by, top, "each", counted).subquery("rows")
    return select(rows.c.series, rows.c.value)


def _statement(
    viewer: Viewer,
    filters: Filters,
    span: Filters,
    metric: Metric,
    by: str | None,
    top: int,
    reading: Reading,
    counted: Sequence[Window],
) -> Select[Any]:
    rows = trend_facts(viewer, span, metric.key, by).cte("facts")
    seen = _ranked(rows, filters, metric, top) if by else rows
    grid = _grid(windows(counted, rows.c.at), seen)
    values = values_in(grid, seen, metric, anonymous=filters.anonymous)
    allowed = true() if viewer.sees(filters.project_id, "product") else false()
    return (
        select(
            values.c.which,
            values.c.period,
            values.c.series,
            read_value(values, metric, reading).label("value"),
        )
        .where(allowed)
        .order_by(values.c.place, values.c.which, values.c.period)
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


def _grid(shown: CTE, seen: CTE) -> CTE:
    """Every window of every series, also where nothing happened."""
    if "place" in seen.c:
        found = select(seen.c.place, seen.c.series)
        series = found.union(select(literal(0), literal(ALL))).cte("series")
    else:
        series = select(literal(0).label("place"), literal(ALL).label("series")).cte("series")
    return select(*shown.c, *series.c).join_from(shown, series, true()).cte("grid")
