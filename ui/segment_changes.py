"""Keeping what was built as a segment, changing a kept one, and forgetting it."""

from datetime import UTC, datetime

import streamlit as st

from analytics.choices import projects_of
from analytics.scope import Viewer
from analytics.segments.asking import may_change, segments_of
from analytics.segments.counting import recount
from analytics.segments.definition import Definition
from db.engine import engine
from db.errors import LooplensError, UnknownSegment
from db.segments import LONGEST_NAME, Segment, change_segment, create_segment, delete_segment
from ui import words_segments
from ui.drafts import propose
from ui.errors import calm
from ui.frame import ask, enter, renew

NAME, CHANGING = "segment_name", "changing_segment"


def keeping(draft: Definition, project_id: int) -> None:
    """A name, and a button that keeps the draft under it: as a new segment or in place of one."""
    changing = st.session_state.get(CHANGING)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        st.text_input("Name", key=NAME, max_chars=LONGEST_NAME, width=280)
        st.button(
            "Keep changes" if changing else "Keep segment",
            type="primary",
            icon=":material/group_add:",
            disabled=bool(draft.gap),
            on_click=_keep,
            args=(project_id, draft, changing),
        )
        if changing:
            st.button("Cancel", on_click=load, args=(Definition(),))


def load(definition: Definition, name: str = "", changing: int | None = None) -> None:
    """Fill the builder, in a callback: to begin with an example, or to change a kept segment."""
    propose(definition)
    st.session_state[NAME] = name
    st.session_state[CHANGING] = changing


def forget_segment(segment: Segment) -> None:
    """Delete it, in a callback; asks again who wants it."""
    with calm(), engine().begin() as conn:
        if may_change(enter("product"), segment):
            delete_segment(conn, segment.project_id, segment.id)
    renew(ask(segments_of, segment.project_id))


def _keep(project_id: int, draft: Definition, changing: int | None) -> None:
    """Keep the draft and count it at once; asks again who wants it."""
    viewer = enter("product")
    with calm():
        try:
            people = _kept(viewer, project_id, draft, changing)
        except LooplensError as error:
            st.toast(str(error), icon=":material/error:")
            return
    st.toast(f"Kept, with {words_segments.people(people)}.", icon=":material/group:")
    load(Definition())
    renew(ask(segments_of, project_id))


def _kept(viewer: Viewer, project_id: int, draft: Definition, changing: int | None) -> int:
    """How many people are in what was kept."""
    draft.check()
    name = st.session_state[NAME]
    with engine().begin() as conn:
        project = {known.id: known for known in projects_of(conn, viewer)}[project_id]
        theirs = {
            segment.id
            for segment in segments_of(conn, viewer, project_id)
            if may_change(viewer, segment)
        }
        if changing is None:
            changing = create_segment(conn, project_id, name, draft.json, viewer.person_id)
        elif changing in theirs:
            change_segment(conn, project_id, changing, name, draft.json)
        else:
            raise UnknownSegment()
        return recount(conn, viewer, project, changing, datetime.now(UTC))
