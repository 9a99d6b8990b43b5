"""Saved views: a page's address by name, for oneself or for those who have certain roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from db.audit import note
from db.errors import BadView, UnknownView
from db.tables import ROLES, saved_views

LONGEST_NAME = 100
LONGEST_QUERY = 4_000
LONGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class View:
    """A page's address by name; `page` is "" for the start page, `query` has no question mark.

    `shared_with` holds roles, none where it is personal.
    """

    id: int
    page: str
    name: str
    query: str
    person_id: int
    shared_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who changes a view, and of which project: anybody's if an administrator, else their own."""

    project_id: int
    person_id: int
    is_admin: bool = False


def save_view(
    conn: Connection,
    keeper: Keeper,
    page: str,
    name: str,
    query: str,
    shared_with: Sequence[str] = (),
) -> int:
    """Keep the address under this name, in place of what the person kept under it; its id.

    Raises BadView.
    """
    if len(query) > LONGEST_QUERY or len(page) > LONGEST_PAGE:
        raise BadView("This view has too many filters to be kept.")
    values: dict[str, Any] = {
        "project_id": keeper.project_id,
        "page": page,
        "person_id": keeper.person_id,
        "name": _name(name),
        "query": query,
        "shared_with": _roles(shared_with),
    }
    new = insert(saved_views).values(values)
    kept = new.on_conflict_do_update(
        index_elements=["project_id", "page", "person_id", "name"],
        set_={"query": new.excluded.query, "shared_with": new.excluded.shared_with},
    )
    view_id = int(conn.execute(kept.returning(saved_views.c.id)).scalar_one())
    roles = values["shared_with"]
    note(conn, "view.save", f"view {view_id}", keeper.project_id, page=page, shared_with=roles)
    return view_id


def change_view(
    conn: Connection, keeper: Keeper, view_id: int, name: str, shared_with: Sequence[str]
) -> None:
    """Rename it and share it anew; raises BadView, UnknownView."""
    changed = update(saved_views).where(_theirs(keeper, view_id))
    changed = changed.values(name=_name(name), shared_with=_roles(shared_with))
    try:
        with conn.begin_nested():
            found = conn.execute(changed.returning(saved_views.c.id)).one_or_none()
    except IntegrityError:
        raise BadView(f"There is a view named '{name}' on this page already.") from None
    if found is None:
        raise UnknownView()
    roles = _roles(shared_with)
    note(conn, "view.change", f"view {view_id}", keeper.project_id, shared_with=roles)


def remove_view(conn: Connection, keeper: Keeper, view_id: int) -> None:
    """Forget it; raises UnknownView."""
    gone = delete(saved_views).where(_theirs(keeper, view_id)).returning(saved_views.c.id)
    if conn.execute(gone).one_or_none() is None:
        raise UnknownView()
    note(conn, "view.remove", f"view {view_id}", keeper.project_id)


def _theirs(keeper: Keeper, view_id: int) -> ColumnElement[bool]:
    chosen = (saved_views.c.id == view_id) & (saved_views.c.project_id == keeper.project_id)
    if keeper.is_admin:
        return chosen
    return chosen & (saved_views.c.person_id == keeper.person_id)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadView(f"A view needs a name of at most {LONGEST_NAME} characters.")
    return name


def _roles(roles: Sequence[str]) -> list[str]:
    if unknown := set(roles) - set(ROLES):
        raise BadView(f"There is no role '{min(unknown)}'.")
    return sorted(set(roles))
