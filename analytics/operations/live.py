"""What happens at the moment: the last five minutes, read from raw events as they are stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Subquery, func, select

from analytics.filters import Filters
from analytics.measures.cutting import ALL, read
from analytics.metrics import Metric
from analytics.operations.errors.causes import has_failed
from analytics.product.places import country_name
from analytics.scope import Viewer, visible_latest_events

RECENT = timedelta(minutes=5)
STEP = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
NEWEST, KINDS = 15, 8  # events, and kinds of failures, that are told
NOBODY = 0  # the actor_key of anonymous projects
PEOPLE_NOW = Metric(
    key="people_now",
    label="People active now",
    unit="people",
    definition="Different people with an event in the last five minutes.",
    formula="distinct actors of the events of the last five minutes",
    direction="up",
    sources=("actives",),
)
EVENTS_NOW = Metric(
    key="events_now",
    label="Events in 10 s",
    unit="events",
    definition="Events that happened in each ten seconds of the last five minutes.",
    formula="events of ten seconds",
    direction="neutral",
    sources=("counts",),
)
LIVE_METRICS = (PEOPLE_NOW, EVENTS_NOW)
COURSE = {
    "period": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "complete": "bool",
    "which": "str",
    "at": "datetime64[us]",
}
COUNTRIES = {"country": "str", "name": "str", "value": "float64", "share": "float64"}
EVENTS = {
    "at": "datetime64[us]",
    "name": "str",
    "subject": "str",
    "platform": "str",
    "country": "str",
    "ok": "bool",
}
FAILING = {"name": "str", "subject": "str", "error_type": "str", "n": "int64"}


@dataclass(frozen=True, slots=True)
class Live:
    """The last five minutes of a project.

    `people` are different people who are known, `events` and `failed` are counts, and `rate` is
    events a second over the last whole minute. Frames: `course` is drawn as a trend is (every ten
    seconds, value: events); `countries` has country, name, value (people), share (of all);
    `newest` at (local), name, subject, platform, country, ok; `failing` name, subject, error_type,
    n.
    """

    people: int
    events: int
    failed: int
    rate: float
    course: pd.DataFrame
    countries: pd.DataFrame
    newest: pd.DataFrame
    failing: pd.DataFrame


def live(conn: Connection, viewer: Viewer, filters: Filters) -> Live:
    """What happens in the project of the filters at their `now`; filters don't narrow it.

    Empty for who may not ask about operations. Nothing in it tells who somebody is.
    """
    counted = read(conn, course_sql(viewer, filters))
    countries = read(conn, countries_sql(viewer, filters))
    people = int(countries["in_all"].iloc[0]) if len(countries) else 0
    course = _filled(counted, filters)
    whole = course[course["complete"]].tail(int(MINUTE / STEP))
    return Live(
        people=people,
        events=int(counted["n"].sum()),
        failed=int(counted["failures"].sum()),
        rate=float(whole["value"].sum()) / MINUTE.total_seconds(),
        course=course,
        countries=_named(countries[countries["country"] != ""], people),
        newest=read(conn, newest_sql(viewer, filters)).astype(EVENTS),
        failing=read(conn, failing_sql(viewer, filters)).astype(FAILING),
    )


def course_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """period (local: the beginning of ten seconds), n and failures of each stretch with any."""
    e = _recent(viewer, filters).c
    stretch = func.date_bin(STEP, e.occurred_at, begin(filters.now))
    period = func.timezone(filters.zone, stretch).label("period")
    failures = func.count().filter(has_failed(e)).label("failures")
    return select(period, func.count().label("n"), failures).group_by(period).order_by(period)


def countries_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """country ("" where it is not known), people there, and people in_all, the same in each row."""
    e = _recent(viewer, filters).c
    pairs = select(e.country, e.actor_key).where(e.actor_key != NOBODY).distinct().cte("pairs")
    in_all = select(func.count(pairs.c.actor_key.distinct())).scalar_subquery()
    people = func.count().label("people")
    return (
        select(pairs.c.country, people, in_all.label("in_all"))
        .group_by(pairs.c.country)
        .order_by(people.desc(), pairs.c.country)
    )


def newest_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The newest events, without whose they are and without their properties."""
    e = _recent(viewer, filters).c
    at = func.timezone(filters.zone, e.occurred_at).label("at")
    chosen = (e[name] for name in EVENTS if name in e)
    return select(at, *chosen).order_by(e.occurred_at.desc()).limit(NEWEST)


def failing_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """What failed, the most frequent first: name, subject, error_type and n."""
    e = _recent(viewer, filters).c
    kind, n = (e.name, e.subject, e.error_type), func.count().label("n")
    failed = select(*kind, n).where(has_failed(e)).group_by(*kind)
    return failed.order_by(n.desc(), *kind).limit(KINDS)


def begin(now: datetime) -> datetime:
    """When the first stretch of the last five minutes begins."""
    over = timedelta(seconds=now.timestamp() % STEP.total_seconds())
    return now - over - RECENT


def _recent(viewer: Viewer, filters: Filters) -> Subquery:
    e = visible_latest_events(viewer, filters.project_id, begin(filters.now))
    return select(e).where(e.c.occurred_at <= filters.now).subquery("recent")


def _named(countries: pd.DataFrame, people: int) -> pd.DataFrame:
    names = countries["country"].map(country_name)
    value = countries["people"]
    named = countries.assign(name=names, value=value, share=value / max(people, 1))
    return named[list(COUNTRIES)].astype(COUNTRIES).reset_index(drop=True)


def _filled(counted: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Every stretch, by the second, as a chart of a trend takes it; empty where there is none."""
    if counted.empty:
        return pd.DataFrame(columns=list(COURSE)).astype(COURSE)
    first = begin(filters.now)
    begins = [first + number * STEP for number in range(int(RECENT / STEP) + 1)]
    local = [at.astimezone(filters.tz).replace(tzinfo=None) for at in begins if at <= filters.now]
    n = dict(zip(counted["period"].tolist(), counted["n"].tolist(), strict=True))
    value = [n.get(pd.Timestamp(period), 0) for period in local]
    frame = pd.DataFrame({"period": local, "value": value, "at": local})
    complete = [at + STEP <= filters.now for at in begins[: len(local)]]
    return frame.assign(series=ALL, which="current", complete=complete)[list(COURSE)].astype(COURSE)
