"""The adoption table as one statement: what `adoption` takes from packs, read from rows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Date,
    Double,
    Select,
    Subquery,
    case,
    cast,
    extract,
    false,
    func,
    select,
)

from analytics.filters import EARLIEST, MAX_DAYS, Filters
from analytics.measures.durations import GAMMA, bin_of
from analytics.product.adoption.answer import FEATURE_USE, MOST
from analytics.product.adoption.satisfaction import LATEST, RATING, rated_well
from analytics.product.latest import latest_of
from analytics.scope import (
    Viewer,
    visible_actor_days,
    visible_actor_event_days,
    visible_actors,
    visible_completions,
    visible_event_days,
    visible_events,
    visible_hours_ever,
    visible_kinds,
    within,
)


def adoption_sql(viewer: Viewer, filters: Filters, name: str = FEATURE_USE) -> Select[Any]:
    """The rows of `adoption`, in its columns."""
    viewer = within(viewer, "product")
    filters = replace(filters, event=name, subject=None, grain="day")
    top = _leaders(viewer, filters)
    waits = _waits(viewer, filters, top)
    firsts = _first_days(viewer, filters)
    durations = _durations(viewer, filters)
    completions = _completions(viewer, filters, name)
    ratings = _ratings(viewer, filters, top)
    joined = (
        top.outerjoin(waits, waits.c.kind_id == top.c.kind_id)
        .outerjoin(firsts, firsts.c.kind_id == top.c.kind_id)
        .outerjoin(durations, durations.c.subject == top.c.subject)
        .outerjoin(completions, completions.c.subject == top.c.subject)
        .outerjoin(ratings, ratings.c.subject == top.c.subject)
    )
    query: Select[Any] = (
        select(
            top.c.subject,
            top.c.users,
            (cast(top.c.users, Double) / _active(viewer, filters)).label("adoption"),
            top.c.uses,
            (cast(top.c.uses, Double) / top.c.users).label("uses_per_user"),
            top.c.repeat,
            firsts.c.first_use,
            top.c.new_users,
            waits.c.time_to_value,
            completions.c.starts,
            (cast(completions.c.completed, Double) / completions.c.starts).label("completion"),
            (1 - cast(top.c.failures, Double) / top.c.uses).label("success"),
            (cast(top.c.failures, Double) / top.c.uses).label("error_rate"),
            durations.c.duration,
            ratings.c.ratings,
            (cast(ratings.c.satisfied, Double) / ratings.c.ratings).label("satisfaction"),
            top.c.trend,
        )
        .select_from(joined)
        .order_by(top.c.users.desc().nulls_last(), top.c.uses.desc(), top.c.subject)
    )
    return query


def _active(viewer: Viewer, filters: Filters) -> Any:
    a = visible_actor_days(viewer, replace(filters, event="", subject=None))
    return select(func.count(a.c.actor_key.distinct())).scalar_subquery()


def _leaders(viewer: Viewer, filters: Filters) -> CTE:
    """The subjects with the most users, their counts and their people."""
    uses, people = _uses(viewer, filters), _people(viewer, filters)
    k = visible_kinds(viewer, filters.project_id)
    joined = uses.join(k, k.c.id == uses.c.kind_id).outerjoin(
        people, people.c.kind_id == uses.c.kind_id
    )
    query = select(uses, k.c.subject, people.c.users, people.c.repeat, people.c.new_users)
    order = (people.c.users.desc().nulls_last(), uses.c.uses.desc(), k.c.subject)
    return query.select_from(joined).order_by(*order).limit(MOST).cte("leaders")


def _uses(viewer: Viewer, filters: Filters) -> CTE:
    """kind_id, uses, failures, and as trend an array of the uses on each day that is over."""
    door = visible_event_days if filters.segment is None else visible_actor_event_days
    e = door(viewer, filters)
    sums = [func.sum(e.c[one]).cast(BigInteger).label(one) for one in ("n", "failures")]
    daily = select(e.c.kind_id, e.c.day, *sums).group_by(e.c.kind_id, e.c.day).cte("daily")
    totals = select(
        daily.c.kind_id,
        func.sum(daily.c.n).cast(BigInteger).label("uses"),
        func.sum(daily.c.failures).cast(BigInteger).label("failures"),
    )
    totals_by_kind = totals.group_by(daily.c.kind_id).cte("totals")
    return select(totals_by_kind, _trend(daily, totals_by_kind, filters)).cte("uses")


def _people(viewer: Viewer, filters: Filters) -> CTE:
    """kind_id, users, repeat, new_users."""
    u = _users(viewer, filters)
    shares = {"repeat": u.c.days > 1, "new_users": u.c.first >= filters.start}
    columns = [
        func.avg(case((which, 1.0), else_=0.0)).cast(Double).label(name)
        for name, which in shares.items()
    ]
    query = select(u.c.kind_id, func.count().label("users"), *columns)
    return query.group_by(u.c.kind_id).cte("people")


def _users(viewer: Viewer, filters: Filters) -> Subquery:
    """kind_id, actor_key, their days of use in the range, and their first day of use ever."""
    used, ever = visible_actor_event_days(viewer, filters), _ever(viewer, filters)
    firsts = (
        select(ever.c.kind_id, ever.c.actor_key, func.min(ever.c.day).label("first"))
        .group_by(ever.c.kind_id, ever.c.actor_key)
        .subquery("firsts")
    )
    same = (firsts.c.kind_id == used.c.kind_id) & (firsts.c.actor_key == used.c.actor_key)
    return (
        select(
            used.c.kind_id,
            used.c.actor_key,
            func.count(used.c.day.distinct()).label("days"),
            func.min(firsts.c.first).label("first"),
        )
        .join_from(used, firsts, same)
        .group_by(used.c.kind_id, used.c.actor_key)
        .subquery("users")
    )


def _waits(viewer: Viewer, filters: Filters, leaders: CTE) -> CTE:
    """kind_id, time_to_value in seconds."""
    e, a = visible_events(viewer, filters.anywhere()), visible_actors(viewer, filters)
    began = (
        select(e.c.subject, e.c.actor_key, func.min(e.c.occurred_at).label("at"))
        .group_by(e.c.subject, e.c.actor_key)
        .subquery("began")
    )
    u = _users(viewer, filters)
    waited = cast(extract("epoch", began.c.at - a.c.first_seen), Double)
    median = func.percentile_cont(0.5).within_group(waited).label("time_to_value")
    joined = (
        u.join(leaders, leaders.c.kind_id == u.c.kind_id)
        .join(began, (began.c.subject == leaders.c.subject) & (began.c.actor_key == u.c.actor_key))
        .join(a, a.c.actor_key == u.c.actor_key)
    )
    query = select(u.c.kind_id, median).select_from(joined).where(u.c.first >= filters.start)
    return query.group_by(u.c.kind_id).cte("waits")


def _durations(viewer: Viewer, filters: Filters) -> CTE:
    """subject, duration in ms: the middle of the bin that the median is in."""
    e = visible_events(viewer, filters)
    middle = func.percentile_disc(0.5).within_group(bin_of(e.c.duration_ms))
    duration = 2 * func.power(cast(GAMMA, Double), middle) / (GAMMA + 1)
    query = select(e.c.subject, duration.label("duration")).where(e.c.duration_ms.is_not(None))
    return query.group_by(e.c.subject).cte("durations")


def _completions(viewer: Viewer, filters: Filters, name: str) -> CTE:
    """subject, starts, completed: of the pair of events that this name begins, or else ends."""
    p = visible_completions(viewer, filters.project_id)
    pair = (
        select(p.c.start_name, p.c.done_name)
        .where((p.c.start_name == name) | (p.c.done_name == name))
        .order_by(p.c.start_name != name, p.c.start_name)
        .limit(1)
        .cte("pair")
    )
    e = visible_events(viewer, replace(filters, event="", subject=None))
    done = e.c.name == pair.c.done_name
    following = func.lead(done).over(
        partition_by=(e.c.actor_key, e.c.subject), order_by=(e.c.occurred_at, done)
    )
    steps = (
        select(e.c.subject, done.label("done"), following.label("followed"))
        .join_from(e, pair, (e.c.name == pair.c.start_name) | done)
        .subquery("steps")
    )
    query = select(
        steps.c.subject,
        func.count().label("starts"),
        func.count().filter(steps.c.followed).label("completed"),
    )
    known = ~steps.c.done if not filters.anonymous else false()
    return query.where(known).group_by(steps.c.subject).cte("completions")


def _ratings(viewer: Viewer, filters: Filters, leaders: CTE) -> CTE:
    """subject, ratings, satisfied: of the latest of them."""
    e = visible_events(viewer, replace(filters, event=RATING, subject=None))
    ours = select(e).where(e.c.subject.in_(select(leaders.c.subject))).subquery("ours")
    return rated_well(latest_of(ours, LATEST)).cte("ratings")


def _first_days(viewer: Viewer, filters: Filters) -> CTE:
    """kind_id, first_use: the local day of the first event ever."""
    h = visible_hours_ever(viewer, filters.project_id)
    day = func.date_trunc("day", func.timezone(filters.zone, func.min(h.c.hour)))
    return select(h.c.kind_id, day.label("first_use")).group_by(h.c.kind_id).cte("first_days")


def _ever(viewer: Viewer, filters: Filters) -> Subquery:
    """actor_event_day of all days on record up to the end of the range, whatever the dimensions."""
    start = max(EARLIEST, filters.end - timedelta(days=MAX_DAYS["day"]))
    return visible_actor_event_days(viewer, replace(filters.anywhere(), start=start))


def _trend(daily: CTE, totals: CTE, filters: Filters) -> Any:
    over = filters.whole_days()
    last = (over.end if over else filters.start) - timedelta(days=1)
    series = func.generate_series(filters.start, last, timedelta(days=1))
    days = series.table_valued("day", name="days").render_derived()
    day = cast(days.c.day, Date)
    found = days.outerjoin(daily, (daily.c.day == day) & (daily.c.kind_id == totals.c.kind_id))
    counts: Select[Any] = (
        select(func.coalesce(daily.c.n, 0)).select_from(found).order_by(day).correlate(totals)
    )
    return func.array(counts.scalar_subquery()).label("trend")
