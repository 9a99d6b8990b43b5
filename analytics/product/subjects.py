"""What is used most: the pages, features, commands and so on, by events."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    func,
    select,
)

from analytics.filters import Filters
from analytics.measures.packs import kinds_of, load_keys
from analytics.measures.tallies import load_tally
from analytics.measures.unpacking import among
from analytics.periods import midnight
from analytics.scope import (
    Viewer,
    visible_actor_event_days,
    visible_event_days,
    visible_event_hours,
    visible_kinds,
    within,
)

SUBJECTS = {
    "name": "str",
    "subject": "str",
    "events": "int64",
    "actors": "Int64",
    "error_rate": "float64",
    "previous_events": "int64",
    "change": "float64",
}


def top_subjects(
    conn: Connection, viewer: Viewer, filters: Filters, name: str | None = None, limit: int = 10
) -> pd.DataFrame:
    """The kinds of event with the most events in the range, of one `name` or of all.

    Columns: name, subject (str), events (int64), actors (Int64, distinct; missing in anonymous
    projects), error_rate (float64, 0 to 1), previous_events (int64, in as many whole days before),
    change (float64: the range's days that are over against those; NaN where there was nothing
    before or nothing is compared).
    """
    viewer = within(viewer, "product")
    rows = _counted(conn, viewer, filters, name).head(limit)
    rows["actors"] = pd.NA if filters.anonymous else _actors(conn, viewer, filters, rows)
    rows["error_rate"] = rows["failures"] / rows["events"]
    rows["change"] = rows["over"] / rows["previous_events"].replace(0, np.nan) - 1
    return rows[list(SUBJECTS)].astype(SUBJECTS)


def top_subjects_sql(
    viewer: Viewer, filters: Filters, name: str | None = None, limit: int = 10
) -> Select[Any]:
    """One statement with the rows of `top_subjects`."""
    viewer = within(viewer, "product")
    ranked = _ranked(viewer, filters, name).limit(limit).subquery("ranked")
    a = visible_actor_event_days(viewer, filters)
    people = (
        select(a.c.kind_id, func.count(a.c.actor_key.distinct()).label("actors"))
        .group_by(a.c.kind_id)
        .subquery("people")
    )
    r = ranked.c
    return (
        select(
            r.name,
            r.subject,
            r.events,
            people.c.actors,
            (r.failures * 1.0 / r.events).label("error_rate"),
            r.previous_events,
            (r.over * 1.0 / func.nullif(r.previous_events, 0) - 1).label("change"),
        )
        .outerjoin_from(ranked, people, people.c.kind_id == r.kind_id)
        .order_by(r.events.desc(), r.name, r.subject)
    )


def _counted(conn: Connection, viewer: Viewer, filters: Filters, name: str | None) -> pd.DataFrame:
    """The kinds with events in the range, those with most first; the index is their id.

    Columns: name, subject (str), events, failures, over and previous_events (int64): in the range,
    in its days that are over, and in those that they are compared with.
    """
    over, before, span = _spans(filters)
    names = () if name is None else (name,)
    tally = load_tally(conn, viewer, span, ("count", "failures", "kind"), names)
    place, seen = tally.by_kind()

    def summed(counts: NDArray[np.int32], days: Filters | None) -> NDArray[np.int64]:
        inside = _lies_in(tally.day, days, span)
        sums = np.bincount(place[inside], counts[inside], len(seen))
        return sums.astype(np.int64)  # exact: doubles hold up to 2 ** 53

    kinds = kinds_of(conn, viewer, filters.project_id).set_index("id").loc[seen]
    rows = kinds.assign(
        events=summed(tally.count, filters),
        failures=summed(tally.failures, filters),
        over=summed(tally.count, over),
        previous_events=summed(tally.count, before),
    )
    order = ["events", "name", "subject"]
    return rows[rows["events"] > 0].sort_values(order, ascending=[False, True, True])


def _spans(filters: Filters) -> tuple[Filters | None, Filters | None, Filters]:
    """The days that are over, those that they are compared with, and all that are read."""
    over = filters.whole_days()
    before = over.previous() if over and filters.compare else None
    return over, before, filters.over(before.start if before else filters.start, filters.end)


def _lies_in(
    day: NDArray[np.int32], days: Filters | None, span: Filters
) -> NDArray[np.bool_] | slice:
    """Which of these days, counted from the first that is read, are among those asked for."""
    if days is None:
        return slice(0)
    return (day >= (days.start - span.start).days) & (day < (days.end - span.start).days)


def _ranked(viewer: Viewer, filters: Filters, name: str | None) -> Select[Any]:
    over, before, span = _spans(filters)
    e = _smallest(filters)(viewer, span)
    events = _sum(e, "n", filters, "events")
    counted = (
        select(
            e.c.kind_id,
            events,
            _sum(e, "failures", filters, "failures"),
            _sum(e, "n", over, "over"),
            _sum(e, "n", before, "previous_events"),
        )
        .group_by(e.c.kind_id)
        .subquery("counted")
    )
    k = visible_kinds(viewer, filters.project_id)
    query = select(counted, k.c.name, k.c.subject).join(k, k.c.id == counted.c.kind_id)
    if name is not None:
        query = query.where(k.c.name == name)
    return query.where(counted.c.events > 0).order_by(
        counted.c.events.desc(), k.c.name, k.c.subject
    )


def _smallest(filters: Filters) -> Callable[[Viewer, Filters], Subquery]:
    """The smallest rollup that carries what is asked for."""
    if filters.segment is not None:
        return visible_actor_event_days
    return visible_event_days if filters.dimensions else visible_event_hours


def _sum(e: Subquery, column: str, days: Filters | None, label: str) -> ColumnElement[int]:
    """SQL for a sum over some of the days that were read; 0 over none."""
    if days is None:
        return func.sum(0).cast(BigInteger).label(label)
    total = func.sum(e.c[column]).filter(_during(e, days))
    return func.coalesce(total, 0).cast(BigInteger).label(label)


def _during(e: Subquery, days: Filters) -> ColumnElement[bool]:
    if "day" in e.c:
        return (e.c.day >= days.start) & (e.c.day < days.end)
    start, end = midnight(days.start, days.tz), midnight(days.end, days.tz)
    return (e.c.hour >= start) & (e.c.hour < end)


def _actors(conn: Connection, viewer: Viewer, filters: Filters, rows: pd.DataFrame) -> list[int]:
    """Distinct actors of each row's kind."""
    names = tuple(dict.fromkeys(rows["name"]))
    seen = load_keys(conn, viewer, filters, "actor_event", names, ("key", "kind"))
    listed = among(seen.kind, rows.index.to_numpy(np.int64))
    kind, kinds = pd.factorize(seen.kind[listed])
    actor, actors = pd.factorize(seen.key[listed])
    pairs = np.zeros((len(kinds), len(actors)), np.bool_)
    pairs[kind, actor] = True
    by_kind = dict(zip(kinds.tolist(), pairs.sum(axis=1).tolist(), strict=True))
    return [by_kind.get(kind_id, 0) for kind_id in rows.index]
