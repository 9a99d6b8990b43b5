"""Organisations: their seats, their settings, and what their return is reckoned with."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from db.audit import note
from db.errors import BadOrganisation, OrganisationExists, UnknownOrganisation
from db.identity import uid_of
from db.lines import fault
from db.tables import (
    NO_ORGANISATION,
    organisations,
    published_blocks,
    published_people,
    runs,
    unpublished,
)

LONGEST_NAME = 100
MOST_SEATS = 1_000_000
MOST_ASSUMPTIONS = 30
LARGEST_ASSUMPTION = 1e9
ASSUMPTION = re.compile(r"[a-z_]{1,40}")
CASES = ("low", "likely", "high")
PUBLISHED = (published_blocks, published_people, unpublished)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A team of people who pay together.

    `leaderboard` says whether members who agree to it are listed by name. `assumptions` holds a
    number by name, or three of them: {"low": ..., "likely": ..., "high": ...}.
    """

    id: int
    uid: UUID
    project_id: int
    name: str
    seats: int
    leaderboard: bool
    assumptions: dict[str, Any]
    created_at: datetime


COLUMNS = tuple(organisations.c[field.name] for field in fields(Organisation))


def create_organisation(
    conn: Connection, project_id: int, name: str, seats: int, *, leaderboard: bool = False
) -> Organisation:
    """Make an organisation; raises BadOrganisation and OrganisationExists."""
    values = _checked({"name": name, "seats": seats}) | {"leaderboard": leaderboard}
    new = insert(organisations).values(project_id=project_id, **values)
    made = _written(conn, new.returning(*COLUMNS), name)
    note(conn, "organisation.create", _told(made.id), project_id, name=made.name, seats=seats)
    return made


def change_organisation(
    conn: Connection,
    organisation_id: int,
    *,
    name: str | None = None,
    seats: int | None = None,
    leaderboard: bool | None = None,
    assumptions: Mapping[str, Any] | None = None,
) -> Organisation:
    """Change what is not None; assumptions replace all that were there.

    Raises BadOrganisation, OrganisationExists and UnknownOrganisation.
    """
    given: dict[str, Any] = {"name": name, "seats": seats, "leaderboard": leaderboard}
    if assumptions is not None:
        given["assumptions"] = dict(assumptions)
    values = _checked({key: value for key, value in given.items() if value is not None})
    which = organisations.c.id == organisation_id
    if not values:
        return _one(conn, which)
    changed = update(organisations).where(which).values(values)
    now = _written(conn, changed.returning(*COLUMNS), name or "")
    changes = {key: values[key] for key in values if key != "assumptions"}
    told = changes | {"assumptions": sorted(values.get("assumptions", {}))}
    note(conn, "organisation.change", _told(organisation_id), now.project_id, **told)
    return now


def find_organisation(conn: Connection, project_id: int, name_or_uid: str) -> Organisation:
    """The project's organisation of this name or uid; raises UnknownOrganisation."""
    uid = uid_of(name_or_uid)
    known = organisations.c.name == name_or_uid if uid is None else organisations.c.uid == uid
    return _one(conn, known & (organisations.c.project_id == project_id))


def organisation_with_uid(conn: Connection, uid: UUID) -> Organisation | None:
    """The organisation of any project with this uid."""
    row = conn.execute(select(*COLUMNS).where(organisations.c.uid == uid)).one_or_none()
    return None if row is None else Organisation(*row)


def list_organisations(conn: Connection, project_id: int) -> list[Organisation]:
    """The organisations of a project, by name."""
    ours = select(*COLUMNS).where(organisations.c.project_id == project_id)
    return [Organisation(*row) for row in conn.execute(ours.order_by(organisations.c.name))]


def organisations_with(conn: Connection, ids: Collection[int]) -> list[Organisation]:
    """Those of these organisations that there are, by name."""
    these = select(*COLUMNS).where(organisations.c.id.in_(ids)).order_by(organisations.c.name)
    return [Organisation(*row) for row in conn.execute(these)]


def remove_organisation(conn: Connection, organisation_id: int) -> None:
    """Forget an organisation, its members and its numbers; runs stay, as of people without one."""
    for table in PUBLISHED:
        theirs = (table.c.owner == "organisation") & (table.c.owner_id == organisation_id)
        conn.execute(delete(table).where(theirs))
    made = update(runs).where(runs.c.organisation_id == organisation_id)
    conn.execute(made.values(organisation_id=NO_ORGANISATION, team=""))
    gone = delete(organisations).where(organisations.c.id == organisation_id)
    project_id = conn.execute(gone.returning(organisations.c.project_id)).scalar_one_or_none()
    note(conn, "organisation.remove", _told(organisation_id), project_id)


def _told(organisation_id: int) -> str:
    return f"organisation {organisation_id}"


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values, the name without blanks around it; raises BadOrganisation."""
    if "name" in values:
        values["name"] = name = values["name"].strip()
        if wrong := fault(name, LONGEST_NAME):
            raise BadOrganisation(f"name: {wrong}")
        if uid_of(name):
            raise BadOrganisation("name: it reads like an id.")
    if not 0 < values.get("seats", 1) <= MOST_SEATS:
        raise BadOrganisation(f"seats: their number is from 1 to {MOST_SEATS:,}.")
    _check_assumptions(values.get("assumptions", {}))
    return values


def _check_assumptions(given: Mapping[str, Any]) -> None:
    if len(given) > MOST_ASSUMPTIONS:
        raise BadOrganisation(f"assumptions: there are at most {MOST_ASSUMPTIONS}.")
    for name, value in given.items():
        if not ASSUMPTION.fullmatch(name):
            raise BadOrganisation("assumptions: a name has up to 40 small letters and underlines.")
        if not _is_assumption(value):
            raise BadOrganisation(
                f"assumptions: {name} is a number from 0 to {LARGEST_ASSUMPTION:,.0f}, "
                "or three that rise: low, likely and high."
            )


def _is_assumption(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return _is_amount(value)
    if set(value) != set(CASES) or not all(map(_is_amount, value.values())):
        return False
    return bool(value["low"] <= value["likely"] <= value["high"])


def _is_amount(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and 0 <= value <= LARGEST_ASSUMPTION


def _written(conn: Connection, statement: Any, name: str) -> Organisation:
    try:
        with conn.begin_nested():
            row = conn.execute(statement).one_or_none()
    except IntegrityError:
        raise OrganisationExists(f"An organisation named '{name}' exists already.") from None
    if row is None:
        raise UnknownOrganisation()
    return Organisation(*row)


def _one(conn: Connection, which: ColumnElement[bool]) -> Organisation:
    row = conn.execute(select(*COLUMNS).where(which)).one_or_none()
    if row is None:
        raise UnknownOrganisation()
    return Organisation(*row)
