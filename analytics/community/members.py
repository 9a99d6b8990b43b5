"""Who belongs to an organisation, and to which ones somebody belongs."""

from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import Connection, Select, select

from analytics.measures.cutting import read
from analytics.scope import (
    Viewer,
    visible_organisation_members,
    visible_organisations,
    visible_own_memberships,
)
from db.identity import uid_of

MEMBERS = {
    "username": "str",
    "role": "str",
    "team": "str",
    "listed": "bool",
    "joined_at": "datetime64[us, UTC]",
    "actor_key": "int64",
}
MEMBERSHIPS = {
    "organisation_id": "int64",
    "organisation": "str",
    "username": "str",
    "role": "str",
    "team": "str",
    "leaderboard": "bool",
    "listed": "bool",
    "project_id": "int64",
    "actor_key": "int64",
}


def members_of(conn: Connection, viewer: Viewer, uid: str | UUID) -> pd.DataFrame:
    """One row a member of an organisation that the viewer heads, by name; nothing of their use.

    Columns: username, role (owner, admin, member), team (str), listed (bool: whether they agreed
    to stand in the leaderboard), joined_at (datetime64[us, UTC]), and actor_key (int64), which is
    for changing a member and is not shown.
    """
    return read(conn, members_of_sql(viewer, uid)).astype(MEMBERS)


def members_of_sql(viewer: Viewer, uid: str | UUID) -> Select[Any]:
    """The rows of `members_of`, in its columns and order."""
    m, o = visible_organisation_members(viewer), visible_organisations(viewer)
    query = select(*(m.c[name] for name in MEMBERS)).join(o, o.c.id == m.c.organisation_id)
    return query.where(o.c.uid == uid_of(str(uid))).order_by(m.c.username, m.c.actor_key)


def my_memberships(conn: Connection, viewer: Viewer) -> pd.DataFrame:
    """One row an organisation that the viewer belongs to, by name.

    Columns: organisation_id (int64), organisation, username, role, team (str), leaderboard (bool:
    whether the organisation lists members), listed (bool: whether the viewer agreed to it), and
    project_id and actor_key (int64), as whom the viewer is a member.
    """
    return read(conn, my_memberships_sql(viewer)).astype(MEMBERSHIPS)


def my_memberships_sql(viewer: Viewer) -> Select[Any]:
    """The rows of `my_memberships`, in its columns and order."""
    m = visible_own_memberships(viewer)
    return select(*(m.c[name] for name in MEMBERSHIPS)).order_by(
        m.c.organisation, m.c.organisation_id
    )
