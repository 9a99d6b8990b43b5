"""The parts of a report on sessions as one SQL statement each, with the same numbers."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Double,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal,
    select,
    true,
    union_all,
    values,
)

from analytics.filters import Filters
from analytics.measures.cutting import ALL, OTHER
from analytics.periods import periods
from analytics.product.sessions.ends import LENGTHS
from analytics.product.sessions.over_time import TOP
from analytics.product.sessions.report import days_before
from analytics.product.sessions.sql import sessions_cte
from analytics.scope import Viewer, visible_kinds, within
from db.tables import Instant

MINUTE = 60  # seconds
TOLD = "told_apart"
DECADES = 2**31 - 1  # seconds: longer than any session


def over_time_sql(
    viewer: Viewer, filters: Filters, figure: str, by: str | None = None
) -> Select[Any]:
    """The metric `figure` of `session_report(...).over_time`: which, period, series and value."""
    now = sessions_cte(viewer, filters, by)
    parts = [_by_period(now, filters, figure, "current")]
    if by:
        parts.append(_by_period(_told_apart(now), filters, figure, "current"))
    if filters.compare:
        before = sessions_cte(viewer, days_before(filters), name="before")
        parts.append(_by_period(before, filters, figure, "previous"))
    rows = union_all(*parts).subquery("over_time")
    query = select(rows).where(_allowed(viewer, filters))
    return query.order_by(rows.c.which, rows.c.series, rows.c.period)


def by_value_sql(viewer: Viewer, filters: Filters, dimension: str) -> Select[Any]:
    """The rows of `session_report(...).by_platform`, or of another dimension."""
    s = sessions_cte(viewer, filters, dimension)
    share = func.count() * 1.0 / func.sum(func.count()).over()
    metrics = [_float(metric).label(key) for key, metric in _metrics(s).items()]
    query = select(s.c.series, _float(share).label("share"), *metrics).group_by(s.c.series)
    return query.order_by(func.count().desc(), s.c.series.collate("C"))


def ends_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `session_report(...).ends`."""
    s = sessions_cte(viewer, filters)
    bounce = case((s.c.depth == 1, 1), else_=0)
    one, none = literal(1), literal(0)
    entry = s.c.entry.label("kind"), one.label("entry"), none.label("exit"), bounce.label("bounce")
    begins = select(*entry)
    ends = select(s.c.exit, none, one, none)
    either = union_all(begins, ends).subquery("either")
    k = visible_kinds(within(viewer, "product"), filters.project_id)
    entries, exits, bounces = (func.sum(either.c[name]) for name in ("entry", "exit", "bounce"))
    total = select(func.count()).select_from(s).scalar_subquery()
    return (
        select(
            k.c.name,
            k.c.subject,
            entries.label("entries"),
            _float(entries * 1.0 / total).label("entry_share"),
            exits.label("exits"),
            _float(exits * 1.0 / total).label("exit_share"),
            bounces.label("bounces"),
            _float(bounces * 1.0 / func.nullif(entries, 0)).label("bounce_rate"),
        )
        .join(k, k.c.id == either.c.kind)
        .group_by(k.c.name, k.c.subject)
        .order_by(entries.desc(), exits.desc(), k.c.name.collate("C"), k.c.subject.collate("C"))
    )


def lengths_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `session_report(...).lengths`."""
    s = sessions_cte(viewer, filters)
    leasts = list(LENGTHS.values())
    rows = zip(range(len(LENGTHS)), LENGTHS, leasts, [*leasts[1:], DECADES], strict=True)
    kinds = {"place": Integer(), "length": Text(), "least": Integer(), "most": Integer()}
    lengths = _listed("lengths", kinds, list(rows))
    lasted = case((s.c.depth == 1, -1), else_=s.c.seconds)
    n = func.count(s.c.begin)
    return (
        select(
            lengths.c.length,
            n.label("sessions"),
            _float(n * 1.0 / func.nullif(func.sum(n).over(), 0)).label("share"),
        )
        .outerjoin_from(lengths, s, and_(lasted >= lengths.c.least, lasted < lengths.c.most))
        .where(_allowed(viewer, filters))
        .group_by(lengths.c.place, lengths.c.length)
        .order_by(lengths.c.place)
    )


def _by_period(s: CTE, filters: Filters, figure: str, which: str) -> Select[Any]:
    """A row for every period of every series, also where no session began."""
    shown = _periods(filters, which, f"{s.name}_periods")
    of_all = select(literal(ALL).label("series"))
    found = (select(s.c.series).distinct() if s.name == TOLD else of_all).subquery("series")
    grid = select(*shown.c, found.c.series).join_from(shown, found, true()).subquery()
    inside = and_(s.c.begin >= grid.c.start, s.c.begin < grid.c.end)
    if s.name == TOLD:
        inside = and_(inside, s.c.series == grid.c.series)
    return (
        select(
            literal(which).label("which"),
            grid.c.period,
            grid.c.series,
            _float(_metrics(s)[figure]).label("value"),
        )
        .outerjoin_from(grid, s, inside)
        .group_by(grid.c.period, grid.c.series)
    )


def _periods(filters: Filters, which: str, name: str) -> CTE:
    if which == "current":
        rows = [(period.label, period.start, period.end) for period in periods(filters)]
    else:
        before = periods(filters.previous())
        rows = [(filters.compared_with(p.label), p.start, p.end) for p in before]
    kinds = {"period": DateTime(), "start": Instant, "end": Instant}
    return _listed(name, kinds, rows)


def _told_apart(s: CTE) -> CTE:
    """The sessions under the values with the most of them, and under Other."""
    order = (func.count().desc(), s.c.series.collate("C"))
    place = func.row_number().over(order_by=order).label("place")
    ranked = select(s.c.series, place).group_by(s.c.series).subquery("ranked")
    series = case((ranked.c.place <= TOP, s.c.series), else_=OTHER).label("series")
    columns = (s.c.begin, s.c.seconds, s.c.depth, series)
    return select(*columns).join(ranked, ranked.c.series == s.c.series).cte(TOLD)


def _metrics(s: CTE) -> dict[str, ColumnElement[Any]]:
    """SQL for each metric of a group of sessions, of which there may be none."""
    count = func.count(s.c.begin)
    return {
        "count": count,
        "median": func.percentile_cont(0.5).within_group(s.c.seconds) / MINUTE,
        "mean": func.avg(s.c.seconds) / MINUTE,
        "depth": func.avg(s.c.depth),
        "bounce_rate": count.filter(s.c.depth == 1) * 1.0 / func.nullif(count, 0),
    }


def _listed(name: str, kinds: dict[str, Any], rows: list[tuple[Any, ...]]) -> CTE:
    """Rows that are known beforehand; without any there is one of nulls, which meets nothing."""
    columns: list[Any] = [column(key, kind) for key, kind in kinds.items()]
    known = values(*columns, name="listed").data(rows or [(None,) * len(kinds)])
    return select(*(cast(each, each.type).label(each.name) for each in known.c)).cte(name)


def _allowed(viewer: Viewer, filters: Filters) -> ColumnElement[bool]:
    return true() if viewer.sees(filters.project_id, "product") else false()


def _float(number: ColumnElement[Any]) -> ColumnElement[float]:
    return cast(number, Double)
