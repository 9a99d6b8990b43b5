"""One error: what is known of it, its releases, and the latest of its failures."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Double, Select, cast, func, select

from analytics.filters import Filters
from analytics.measures.cutting import or_not_set, read
from analytics.operations.errors.causes import is_of
from analytics.periods import midnight
from analytics.scope import (
    Viewer,
    visible_error_groups,
    visible_error_hours,
    visible_error_people,
    visible_latest_events,
)
from db.masking import mask_json

SAMPLES = 10
LONGEST = timedelta(hours=1)  # before the last failure in which samples are looked for
RELEASES = {
    "release": "str",
    "n": "int64",
    "share": "float64",
    "first_seen": "datetime64[us]",
    "last_seen": "datetime64[us]",
}
FAILED = {
    "at": "datetime64[us]",
    "platform": "str",
    "release": "str",
    "country": "str",
    "error_type": "str",
    "properties": "str",
}


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """An error with what is known of it ever; `people` and `n` are of the range. Times are aware.

    `resolved_release` is the one that cured it, "" where it is cured from `resolved_at` on.
    """

    fingerprint: int
    title: str
    error_type: str
    name: str
    subject: str
    state: str
    first_seen: datetime
    last_seen: datetime
    first_release: str
    last_release: str
    resolved_at: datetime | None
    resolved_release: str
    regressed_at: datetime | None
    n: int
    people: int


GROUP = tuple(ErrorGroup.__dataclass_fields__)[:-2]


def error_group(
    conn: Connection, viewer: Viewer, filters: Filters, fingerprint: int
) -> ErrorGroup | None:
    """The error with this fingerprint; None where there is none, or none to be seen."""
    g = visible_error_groups(viewer, filters.project_id).c
    known = select(*(g[name] for name in GROUP)).where(g.fingerprint == fingerprint)
    row = conn.execute(known).one_or_none()
    if row is None:
        return None
    h = visible_error_hours(viewer, filters.project_id).c
    n = select(func.coalesce(func.sum(h.n), 0)).where(*_inside(h, filters, fingerprint))
    p = visible_error_people(viewer, filters.project_id).c
    days = p.day >= filters.start, p.day < filters.end
    people = select(func.count(p.actor_key.distinct())).where(p.fingerprint == fingerprint, *days)
    return ErrorGroup(*row, *(int(conn.execute(one).scalar_one()) for one in (n, people)))


def error_releases(
    conn: Connection, viewer: Viewer, filters: Filters, fingerprint: int
) -> pd.DataFrame:
    """Where an error fails: one row a release in the range, the latest one first.

    Columns: release (str), n (int64), share (float64: of its failures), first_seen, last_seen
    (datetime64[us], local: the hours).
    """
    return read(conn, error_releases_sql(viewer, filters, fingerprint)).astype(RELEASES)


def error_releases_sql(viewer: Viewer, filters: Filters, fingerprint: int) -> Select[Any]:
    """The rows of `error_releases`, in its columns."""
    h = visible_error_hours(viewer, filters.project_id).c
    n = func.sum(h.n)
    local = func.timezone(filters.zone, h.hour)
    last = func.max(local)
    return (
        select(
            or_not_set(h.app_version).label("release"),
            cast(n, BigInteger).label("n"),
            cast(n / func.sum(n).over(), Double).label("share"),
            func.min(local).label("first_seen"),
            last.label("last_seen"),
        )
        .where(*_inside(h, filters, fingerprint))
        .group_by(h.app_version)
        .order_by(last.desc(), n.desc())
    )


def error_samples(
    conn: Connection, viewer: Viewer, filters: Filters, fingerprint: int
) -> pd.DataFrame:
    """The latest failures of an error, of its last hour, without whom they met: raw events.

    Columns: at (datetime64[us], local), platform, release, country, error_type (str), properties
    (str: JSON, with what is personal in its texts masked). Empty once raw events have expired.
    """
    group = error_group(conn, viewer, filters, fingerprint)
    if group is None:
        return pd.DataFrame(columns=list(FAILED)).astype(FAILED)
    rows = read(conn, error_samples_sql(viewer, filters, fingerprint, group.last_seen))
    rows["properties"] = [_masked(properties) for properties in rows["properties"]]
    return rows.astype(FAILED)


def error_samples_sql(
    viewer: Viewer, filters: Filters, fingerprint: int, last_seen: datetime
) -> Select[Any]:
    """The rows of `error_samples`, with properties as they are stored."""
    e = visible_latest_events(viewer, filters.project_id, last_seen - LONGEST).c
    return (
        select(
            func.timezone(filters.zone, e.occurred_at).label("at"),
            e.platform,
            e.app_version.label("release"),
            e.country,
            e.error_type,
            e.properties,
        )
        .where(e.occurred_at <= last_seen, is_of(e, fingerprint))
        .order_by(e.occurred_at.desc())
        .limit(SAMPLES)
    )


def _inside(h: Any, filters: Filters, fingerprint: int) -> list[Any]:
    start, end = (midnight(day, filters.tz) for day in (filters.start, filters.end))
    return [h.fingerprint == fingerprint, h.hour >= start, h.hour < end]


def _masked(properties: Any) -> str:
    return json.dumps(mask_json(properties)[0], ensure_ascii=False) if properties else ""
