"""The same figures in plain statements: what a page shows as its query.

The answers themselves are read as packed arrays and counted in numpy (`loading`, `counted`), which
takes a tenth of the time.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    Select,
    Subquery,
    and_,
    cast,
    column,
    func,
    literal,
    select,
    true,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.measures.bins import each_bin
from analytics.measures.durations import GAMMA
from analytics.operations.requests.counted import SHARES, SUMS, TOLERATED
from analytics.operations.requests.loading import KEYS
from analytics.operations.requests.measured import EVENTS, Measured
from analytics.operations.requests.spread import LIMITS
from analytics.periods import Period
from analytics.scope import (
    Viewer,
    visible_client_bins,
    visible_client_hours,
    visible_request_stats,
)

Instant = DateTime(timezone=True)


def figures_sql(
    viewer: Viewer,
    measured: Measured,
    periods: Sequence[Period],
    apdex_ms: float,
    *,
    apart: bool = False,
) -> Select[Any]:
    """Sums, percentiles in ms, Apdex and shares by period, and by endpoint if apart."""
    times = _times(periods)
    keys = ["period", *(KEYS if apart else ())]
    sums = _sums(viewer, measured, times, keys).subquery("sums").c
    timed = _percentiles(viewer, measured, times, keys, apdex_ms).subquery("percentiles")
    n, told = func.nullif(sums.n, 0), func.nullif(sums.cache_hits + sums.cache_misses, 0)
    rates = [
        (cast(sums.n, Double) / sums.seconds).label("per_second"),
        (cast(sums.failures, Double) / n).label("error_rate"),
        (cast(sums.cache_hits, Double) / told).label("cache_hit_ratio"),
    ]
    same = and_(*(sums[key] == timed.c[key] for key in keys))
    figures: list[Any] = [each for each in timed.c if each.name not in (*keys, "within")]
    figures.append(func.coalesce(timed.c.within, 0).label("within"))
    chosen = [sums[name] for name in (*keys, *SUMS)]
    query = select(*chosen, *rates, *figures).join_from(sums.n.table, timed, same, isouter=True)
    return query.order_by(timed.c.p95.desc().nulls_last() if apart else sums.period)


def spread_sql(viewer: Viewer, measured: Measured, periods: Sequence[Period]) -> Select[Any]:
    """Requests by period and band of their duration: how many limits in ms it is beyond."""
    timed = _timed(viewer, measured, _times(periods), ["period"]).subquery("timed").c
    limits = literal([float(limit) for limit in LIMITS], ARRAY(Double))
    band = func.width_bucket(_middle(timed.bin), limits).label("band")
    n = cast(func.sum(timed.n), BigInteger)
    all_ = func.sum(func.sum(timed.n)).over(partition_by=timed.period)
    share = cast(func.sum(timed.n) / all_, Double).label("share")
    query = select(timed.period, band, n.label("n"), share).group_by(timed.period, band)
    return query.order_by(timed.period, band)


def _times(periods: Sequence[Period]) -> CTE:
    """One row a period: its label, its ends, and its seconds."""
    listed = values(
        column("period", DateTime),
        column("begins", Instant),
        column("ends", Instant),
        name="listed",
    ).data([(each.label, each.start, each.end) for each in periods])
    each = [cast(one, one.type).label(one.name) for one in listed.c]
    return select(*each).cte("times")


def _sums(viewer: Viewer, measured: Measured, times: CTE, keys: list[str]) -> Select[Any]:
    rows = _counts(viewer, measured)
    seconds = func.extract("epoch", times.c.ends - times.c.begins)
    sums = [cast(func.sum(rows.c[name]), BigInteger).label(name) for name in SUMS]
    groups = [times.c.period, *(rows.c[key] for key in keys[1:])]
    query = select(*groups, func.max(seconds).label("seconds"), *sums)
    return query.join_from(times, rows, _during(rows, times)).group_by(*groups)


def _percentiles(
    viewer: Viewer, measured: Measured, times: CTE, keys: list[str], apdex_ms: float
) -> Select[Any]:
    timed = _timed(viewer, measured, times, keys).subquery("timed").c
    same: list[Any] = [timed[key] for key in keys]
    upto = func.sum(timed.n).over(partition_by=same, order_by=timed.bin).label("upto")
    total = func.sum(timed.n).over(partition_by=same).label("total")
    r = select(*same, timed.bin, timed.n, upto, total).subquery("ranked").c
    middle = _middle(r.bin)
    shares = [
        func.min(middle).filter(r.upto >= share * r.total).label(name)
        for name, share in SHARES.items()
    ]
    within, tolerated = (
        func.coalesce(func.sum(r.n).filter(middle <= limit), 0)
        for limit in (apdex_ms, TOLERATED * apdex_ms)
    )
    apdex = cast((within + tolerated) / 2.0 / func.sum(r.n), Double).label("apdex")
    groups = [r[key] for key in keys]
    quick = cast(within, BigInteger).label("within")
    return select(*groups, *shares, quick, apdex).group_by(*groups)


def _timed(viewer: Viewer, measured: Measured, times: CTE, keys: list[str]) -> Select[Any]:
    """How many durations fell into each bin."""
    rows = _bins(viewer, measured)
    groups = [times.c.period, *(rows.c[key] for key in keys[1:]), rows.c.bin]
    n = func.sum(rows.c.n).label("n")
    return select(*groups, n).join_from(times, rows, _during(rows, times)).group_by(*groups)


def _counts(viewer: Viewer, measured: Measured) -> Subquery:
    if measured.by != "servers":
        hours = visible_client_hours(viewer, measured.project_id)
        nothing = [literal(0).label(name) for name in SUMS[2:]]
        return _of_clients(measured, hours, [hours.c.n, hours.c.failures, *nothing])
    stats = visible_request_stats(viewer, measured.project_id)
    return select(stats).where(*_asked(measured, stats)).subquery("counts")


def _bins(viewer: Viewer, measured: Measured) -> Subquery:
    if measured.by != "servers":
        hours = visible_client_bins(viewer, measured.project_id)
        rows = _of_clients(measured, hours, [hours.c.bins, hours.c.counts])
    else:
        stats = visible_request_stats(viewer, measured.project_id)
        rows = select(stats).where(*_asked(measured, stats)).subquery("packed")
    each, bin_, n = each_bin(rows.c)
    named = (rows.c.at, rows.c.service, rows.c.endpoint)
    return select(*named, bin_, n).join_from(rows, each, true()).subquery("bins")


def _of_clients(measured: Measured, rollup: Subquery, figures: list[Any]) -> Subquery:
    r = rollup.c
    named = [r.hour.label("at"), literal("").label("service"), r.subject.label("endpoint")]
    chosen = [r.name == EVENTS[measured.by]]
    chosen += [r.subject == measured.endpoint] if measured.endpoint else []
    return select(*named, *figures).where(*chosen).subquery("counts")


def _asked(measured: Measured, rows: Subquery) -> list[ColumnElement[bool]]:
    return [rows.c[name] == value for name in KEYS if (value := getattr(measured, name))]


def _during(rows: Subquery, times: CTE) -> ColumnElement[bool]:
    return and_(rows.c.at >= times.c.begins, rows.c.at < times.c.ends)


def _middle(bin_: ColumnElement[int]) -> ColumnElement[float]:
    """The duration in ms that a bin stands for."""
    return func.power(literal(GAMMA, Double), bin_, type_=Double) * literal(2 / (GAMMA + 1), Double)
