"""The organisations that whoever looks is a member of, and what they agree to there."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from analytics.community.members import my_memberships
from analytics.scope import Viewer
from db.errors import UnknownMember
from db.members import agree_to_be_listed
from ui.cards import literal
from ui.changes import do
from ui.frame import ask

FIELD = "own"
HELP = (
    "Owners and admins see sums of at least five people. By name they see only who agrees to it "
    "here, and only where the organisation lists its members."
)


def draw_memberships(memberships: pd.DataFrame) -> None:
    """Each membership, with the switch that lets the leaderboard name whoever looks."""
    if memberships.empty:
        return
    with st.container(border=True, key="card_memberships", gap="small"):
        st.subheader("My organisations", anchor=False, help=HELP)
        for row in memberships.to_dict("records"):
            _membership(row)


def _membership(row: Mapping[Hashable, Any]) -> None:
    key = f"listed_{row['organisation_id']}"
    st.session_state[key] = row["listed"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{literal(row['organisation'])}**", width="stretch")
        st.caption(literal(f"{row['role']}, team {row['team'] or 'unassigned'}"), width="content")
        st.toggle(
            "Name me in its leaderboard",
            key=key,
            on_change=_agree,
            args=(row["organisation_id"], (row["project_id"], row["actor_key"])),
            help="" if row["leaderboard"] else "It lists nobody at the moment.",
        )


def _agree(organisation_id: int, actor: tuple[int, int]) -> None:
    listed = st.session_state[f"listed_{organisation_id}"]

    def agree(conn: Connection, viewer: Viewer) -> None:
        if actor not in viewer.actors:
            raise UnknownMember()
        agree_to_be_listed(conn, organisation_id, actor[1], listed)

    do(agree, ask(my_memberships), field=FIELD)
