"""The audit log as its readers see it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.periods import midnight
from analytics.scope import Viewer, visible_audit_log

PAGE = 50
ACTS = {
    "id": "int64",
    "at": "datetime64[us]",
    "person": "str",
    "place": "str",
    "act": "str",
    "about": "str",
    "details": "str",
    "found": "int64",
}


@dataclass(frozen=True, slots=True)
class Search:
    """Acts on a noun, such as "key", of a person by their address, and done in a place."""

    noun: str = ""
    person: str = ""
    place: str = ""


def audit_acts(
    conn: Connection, viewer: Viewer, filters: Filters, search: Search, number: int = 1
) -> pd.DataFrame:
    """A page of the acts of a range that a search finds, the latest first.

    Columns: id (int64), at (datetime64[us], local), person (str: an address; missing where nobody
    is known, or the viewer is no administrator), place, act, about (str), details (str: "scope:
    ingest, ..."), found (int64: how many there are on all pages).
    """
    frame = read(conn, audit_acts_sql(viewer, filters, search, number))
    return frame.assign(details=frame["details"].map(_told))[list(ACTS)].astype(ACTS)


def audit_acts_sql(viewer: Viewer, filters: Filters, search: Search, number: int) -> Select[Any]:
    """The statement behind `audit_acts`."""
    log = visible_audit_log(viewer, filters.project_id).c
    start, end = midnight(filters.start, filters.tz), midnight(filters.end, filters.tz)
    query = select(
        log.id,
        func.timezone(filters.zone, log.at).label("at"),
        *(log[name] for name in ("person", "place", "act", "about", "details")),
        func.count().over().label("found"),
    ).where(log.at >= start, log.at < end)
    if search.noun:
        query = query.where(func.split_part(log.act, ".", 1) == search.noun)
    for column, wanted in ((log.person, search.person), (log.place, search.place)):
        if wanted:
            query = query.where(column == wanted)
    return query.order_by(log.id.desc()).limit(PAGE).offset((number - 1) * PAGE)


def audit_choices(conn: Connection, viewer: Viewer, filters: Filters) -> dict[str, list[str]]:
    """What there is to search for in a range: `noun` and `person`, each by name."""
    log = visible_audit_log(viewer, filters.project_id).c
    start, end = midnight(filters.start, filters.tz), midnight(filters.end, filters.tz)
    columns = {"noun": func.split_part(log.act, ".", 1), "person": log.person}
    found = {
        name: conn.execute(
            select(column.label("value")).where(log.at >= start, log.at < end).distinct()
        ).scalars()
        for name, column in columns.items()
    }
    return {name: sorted(value for value in values if value) for name, values in found.items()}


def _told(details: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {_word(value)}" for name, value in details.items())


def _word(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
