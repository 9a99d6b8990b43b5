"""The members of an organisation: who they are, taking somebody in, changing and letting go."""

from collections.abc import Hashable, Mapping
from typing import Any
from uuid import UUID

import pandas as pd
import streamlit as st

from analytics.community.members import members_of_sql
from analytics.community.organisation import Headed
from analytics.scope import Viewer
from analytics.showing import shown
from db.members import LONGEST_NAME
from db.tables import MEMBER_ROLES
from ui import organisation_changes as changes
from ui import words_organisation as told
from ui.cards import table_card
from ui.held import hold

COLUMNS: Mapping[str, Any] = {
    "username": st.column_config.TextColumn("Member", pinned=True),
    "role": st.column_config.TextColumn("Role"),
    "team": st.column_config.TextColumn("Team"),
    "listed": st.column_config.CheckboxColumn(
        "Agreed to be listed", help="Only members themselves say so, on their page My usage"
    ),
    "joined_at": st.column_config.DatetimeColumn("Since", format="D MMM YYYY"),
}
FIELDS = ("username", "role", "team")
USER_ID = "member_user_id"
NEW = "new_member"
LONGEST_ID = 200


def draw_members(viewer: Viewer, headed: Headed, members: pd.DataFrame) -> None:
    """All members, and the doors to taking somebody in and changing one."""
    table_card(
        members[list(COLUMNS)],
        title=told.members_finding(members, headed),
        help=told.MEMBERS,
        name="members",
        columns=COLUMNS,
        query=lambda: shown(members_of_sql(viewer, headed.uid)),
        empty=told.NO_MEMBER,
    )
    with st.container(horizontal=True, gap="small"):
        with st.popover("Take somebody in", icon=":material/person_add:"):
            _new(headed.uid)
        if len(members):
            with st.popover("Change a member", icon=":material/manage_accounts:"):
                _change(headed.uid, members)


def _new(uid: UUID) -> None:
    with st.form(NEW, border=False, clear_on_submit=True):
        st.text_input("Id that programs send", key=USER_ID, max_chars=LONGEST_ID, help=told.USER_ID)
        _fields(NEW)
        st.form_submit_button("Take in", type="primary", on_click=_take_in, args=(uid,))


def _take_in(uid: UUID) -> None:
    changes.take_in(uid, st.session_state[USER_ID], *_entered(NEW))


def _change(uid: UUID, members: pd.DataFrame) -> None:
    rows = members.to_dict("records")
    number = st.selectbox(
        "Member",
        range(len(rows)),
        index=None,
        key=f"member_{uid}",
        format_func=lambda place: rows[place]["username"],
    )
    if number is not None:
        _one(uid, f"{uid}_{number}", rows[number])


def _one(uid: UUID, tag: str, member: Mapping[Hashable, Any]) -> None:
    """The fields of a member; the key is an argument, and in no name that a browser is told."""
    key = member["actor_key"]
    hold(tag, {name: member[name] for name in FIELDS})
    with st.form(f"change_{tag}", border=False):
        _fields(tag)
        st.form_submit_button("Save", type="primary", on_click=_keep, args=(uid, key, tag))
    st.button(
        "Let go",
        key=f"let_go_{tag}",
        icon=":material/person_remove:",
        help=told.LET_GO,
        on_click=changes.let_go,
        args=(uid, key),
    )


def _keep(uid: UUID, key: int, tag: str) -> None:
    changes.keep_member(uid, key, *_entered(tag))


def _fields(tag: str) -> None:
    st.text_input("Name", key=f"username_{tag}", max_chars=LONGEST_NAME)
    st.selectbox("Role", MEMBER_ROLES, key=f"role_{tag}", index=_member(tag))
    st.text_input("Team", key=f"team_{tag}", max_chars=LONGEST_NAME)


def _member(tag: str) -> int:
    """A new one is a member; of others the field holds what they are."""
    return MEMBER_ROLES.index("member") if tag == NEW else 0


def _entered(tag: str) -> tuple[str, str, str]:
    username, role, team = (st.session_state[f"{name}_{tag}"] for name in FIELDS)
    return username, role, team
