"""Who may change what of packages and organisations; whoever may not is told that it isn't there.

Administrators of the installation may change all; authors their packages, owners and admins of an
organisation that one. Of what is kept only the roles of members are read.
"""

from sqlalchemy import Connection

from analytics.scope import Viewer
from db.members import role_of
from db.organisations import Organisation
from db.packages import Package

ADMIN, OWNER = "admin", "owner"


def may_register(viewer: Viewer) -> bool:
    """Whether this viewer may make packages and organisations, and say who is in which project."""
    return viewer.role == ADMIN


def may_change_package(viewer: Viewer, package: Package) -> bool:
    """Whether this viewer may describe the package, release versions and name its authors."""
    return viewer.role == ADMIN or package.id in viewer.packages


def may_change_organisation(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether this viewer may set up the organisation and choose its members."""
    return viewer.role == ADMIN or organisation.id in viewer.organisations


def may_set_role(viewer: Viewer, own_role: str, role_before: str, role_after: str) -> bool:
    """Whether somebody with a role in an organisation may give a member another one there.

    Owners are made and unmade by owners alone.
    """
    owners = viewer.role == ADMIN or own_role == OWNER
    return owners or OWNER not in (role_before, role_after)


def may_give_role(
    conn: Connection, viewer: Viewer, organisation: Organisation, actor_key: int, role: str
) -> bool:
    """Whether this viewer may make an actor a member of this role, or of none with ""."""
    own = viewer.actor_in(organisation.project_id)
    own_role = "" if own is None else role_of(conn, organisation.id, own)
    return may_set_role(viewer, own_role, role_of(conn, organisation.id, actor_key), role)
