"""What the owner and the admins of an organisation change; each asks again who wants it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import streamlit as st
from sqlalchemy import Connection

from analytics.community.assumptions import Assumed, stored
from analytics.community.authority import may_change_organisation, may_give_role
from analytics.community.members import members_of
from analytics.community.organisation import organisations_of
from analytics.community.report import report
from analytics.scope import Viewer
from db.access import project_secret
from db.errors import BadMember, LooplensError, UnknownOrganisation
from db.identity import actor_key
from db.members import change_member, remove_member, set_member
from db.organisations import Organisation, change_organisation, organisation_with_uid
from ui.changes import do as change
from ui.frame import ask, clock
from ui.windows import WINDOWS

FIELD = "organisation"
ONLY_OWNERS = "Only an owner makes or unmakes an owner."
SAVED = "Saved."

Work = Callable[[Connection, Viewer, Organisation], Any]


def keep_settings(uid: UUID, **given: Any) -> None:
    """Keep seats, or whether there is a leaderboard."""
    _do(uid, lambda conn, _, ours: change_organisation(conn, ours.id, **given))


def keep_assumptions(uid: UUID, assumed: Assumed) -> None:
    """Keep what the return is reckoned with, for all who head the organisation."""
    keep_settings(uid, assumptions=stored(assumed))


def take_in(uid: UUID, user_id: str, username: str, role: str, team: str) -> None:
    """Make a member of the person whom programs call by this id."""

    def work(conn: Connection, viewer: Viewer, ours: Organisation) -> None:
        if not user_id.strip():
            raise BadMember("The id that programs send is missing.")
        key = actor_key(project_secret(conn, ours.project_id), user_id.strip())
        _check_role(conn, viewer, ours, key, role)
        set_member(conn, ours.id, key, username, role=role, team=team)

    _do(uid, work)


def keep_member(uid: UUID, key: int, username: str, role: str, team: str) -> None:
    """Keep a member's name, role and team."""

    def work(conn: Connection, viewer: Viewer, ours: Organisation) -> None:
        _check_role(conn, viewer, ours, key, role)
        change_member(conn, ours.id, key, username=username, role=role, team=team)

    _do(uid, work)


def let_go(uid: UUID, key: int) -> None:
    """Make somebody a member no longer; what they ran stays with the organisation."""

    def work(conn: Connection, viewer: Viewer, ours: Organisation) -> None:
        _check_role(conn, viewer, ours, key, "")
        remove_member(conn, ours.id, key)

    _do(uid, work)


def _do(uid: UUID, work: Work) -> None:
    def checked(conn: Connection, viewer: Viewer) -> None:
        ours = organisation_with_uid(conn, uid)
        if ours is None or not may_change_organisation(viewer, ours):
            raise UnknownOrganisation()
        work(conn, viewer, ours)

    stale = [ask(report, uid, days, clock()) for days in WINDOWS]
    stale += [ask(organisations_of), ask(members_of, uid)]
    if change(checked, *stale, field=FIELD):
        st.toast(SAVED)


def _check_role(conn: Connection, viewer: Viewer, ours: Organisation, key: int, role: str) -> None:
    """Raise LooplensError where the viewer may not give this member this role."""
    if not may_give_role(conn, viewer, ours, key, role):
        raise LooplensError(ONLY_OWNERS)
