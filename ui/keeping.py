"""What people keep, in the bar of every page: its state by name, and what happened when.

Both are behind doors that run by themselves, and only while they are open. Names and titles are
texts of users: they are shown as text, never as Markdown or HTML.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from html import escape
from typing import Any
from urllib.parse import parse_qs, quote, urlencode
from zoneinfo import ZoneInfo

import streamlit as st
from sqlalchemy import Connection

from analytics.annotations import annotations_in, annotations_of
from analytics.scope import FIELDS, ROLE_FIELDS, Viewer
from analytics.views import views_of
from db.access import Project
from db.annotations import LONGEST_TITLE, LONGEST_URL, Annotation, Draft, annotate
from db.annotations import remove_annotation as remove
from db.engine import engine
from db.errors import BadAnnotation, BadView, UnknownView
from db.tables import ANNOTATION_KINDS
from db.views import LONGEST_NAME, Keeper, View, change_view, remove_view, save_view
from ui.addresses import chosen_query
from ui.errors import calm
from ui.filters import CHOSEN
from ui.frame import ask, enter, forget, reading, renew
from ui.popovers import popover

SHARERS = tuple(ROLE_FIELDS)  # the roles that see figures, and so can use a view
SHOWN_NOTES = 8
DAY_AND_TIME = "%-d %b %Y, %H:%M"


def draw_keeping(project: Project, page: str, titles: Mapping[str, str]) -> None:
    """The doors to saved views and to annotations, for roles that see figures.

    `titles` are those of the pages that the viewer may open, by their paths.
    """
    if enter().fields & frozenset(FIELDS):
        with st.container(width="content"):
            _doors(project, page, titles)


def href(view: View, project: Project) -> str:
    """The address of a view, whatever was written into it: a path and a query of this site."""
    query = parse_qs(view.query, keep_blank_values=True) | {"project": [project.name]}
    return f"/{quote(view.page, safe='')}?{urlencode(query, doseq=True)}"


@st.fragment
def _doors(project: Project, page: str, titles: Mapping[str, str]) -> None:
    viewer = enter()
    views = partial(_views, viewer, project, page, titles)
    notes = partial(_annotations, viewer, project)
    with st.container(horizontal=True, width="content", gap="small", wrap=False):
        popover(
            "Views",
            "views",
            partial(_drawn_with, views),
            icon="bookmark",
            help="Saved views of the pages",
        )
        popover(
            "Annotate",
            "annotate",
            partial(_drawn_with, notes),
            icon="flag",
            help="Mark on the charts what happened",
        )


def _drawn_with(draw: Callable[[Connection], None]) -> None:
    """Draw with a connection of its own: what people keep is read anew each time."""
    with calm(), reading() as conn:
        draw(conn)


def _views(
    viewer: Viewer, project: Project, page: str, titles: Mapping[str, str], conn: Connection
) -> None:
    keeper = Keeper(project.id, viewer.person_id or 0, is_admin=viewer.role == "admin")
    found = [view for view in views_of(conn, viewer, project.id) if view.page in titles]
    _list_views(found, project, page, titles)
    _save_form(keeper, page)
    _change_form(keeper, [view for view in found if _may_change(keeper, view)], titles)


def _list_views(
    found: Sequence[View], project: Project, page: str, titles: Mapping[str, str]
) -> None:
    """The views as links, those of this page first."""
    if not found:
        st.caption("Nothing is saved yet. Choose what to look at, then give it a name here.")
    for view in sorted(found, key=lambda view: view.page != page):
        st.html(_link(href(view, project), view.name) + _small(_told(view, titles)))


def _told(view: View, titles: Mapping[str, str]) -> str:
    """Where a view leads and who has it."""
    roles = ", ".join(role.replace("_", " ") for role in view.shared_with)
    return f"{titles[view.page]}, {'shared with ' + roles if roles else 'only yours'}"


def _save_form(keeper: Keeper, page: str) -> None:
    with st.form("save_view", clear_on_submit=True, border=False):
        name = st.text_input("Save this view as", max_chars=LONGEST_NAME, key="view_name")
        roles = _choose_roles("view_roles", ())
        if st.form_submit_button("Save", icon=":material/bookmark_add:"):
            query = urlencode(chosen_query(), doseq=True)
            _write(lambda conn: save_view(conn, keeper, page, name, query, roles), "Saved.")


def _change_form(keeper: Keeper, own: Sequence[View], titles: Mapping[str, str]) -> None:
    view = st.selectbox(
        "Change a view",
        own,
        index=None,
        key="view_to_change",
        format_func=lambda view: f"{view.name} ({titles[view.page]})",
        disabled=not own,
    )
    if view is None:
        return
    name = st.text_input("Name", view.name, max_chars=LONGEST_NAME, key=f"view_name_{view.id}")
    roles = _choose_roles(f"view_roles_{view.id}", view.shared_with)
    with st.container(horizontal=True):
        if st.button("Keep the change", key="view_change"):
            _write(lambda conn: change_view(conn, keeper, view.id, name, roles), "Changed.")
        if st.button("Delete", key="view_delete", icon=":material/delete:"):
            _write(lambda conn: remove_view(conn, keeper, view.id), "Deleted.")


def _choose_roles(key: str, default: Sequence[str]) -> list[str]:
    return st.multiselect(
        "Share with",
        SHARERS,
        [role for role in default if role in SHARERS],
        key=key,
        placeholder="Nobody: only you see it",
    )


def _may_change(keeper: Keeper, view: View) -> bool:
    return keeper.is_admin or view.person_id == keeper.person_id


def _annotations(viewer: Viewer, project: Project, conn: Connection) -> None:
    _annotation_form(viewer, project)
    filters = st.session_state.get(CHOSEN)  # none, or another project's, before the bar is drawn
    if filters is None or filters.project_id != project.id:
        return
    for note in annotations_of(conn, viewer, filters)[:SHOWN_NOTES]:
        _show_note(note, viewer, project)


def _annotation_form(viewer: Viewer, project: Project) -> None:
    zone = ZoneInfo(project.timezone)
    now = datetime.now(zone)
    with st.form("annotation", clear_on_submit=True, border=False):
        title = st.text_input("What happened", max_chars=LONGEST_TITLE, key="note_title")
        kind = st.segmented_control(
            "Kind", ANNOTATION_KINDS, default="note", required=True, key="note_kind"
        )
        with st.container(horizontal=True):
            day = st.date_input("On", now.date(), key="note_day", format="YYYY-MM-DD", width=130)
            at = st.time_input(
                f"At ({project.timezone})", now.time(), key="note_at", step=60, width=130
            )
            minutes = st.number_input("For minutes", 0, 525_600, key="note_minutes", width=130)
        url = st.text_input("Read more at", max_chars=LONGEST_URL, key="note_url")
        if st.form_submit_button("Annotate", icon=":material/flag:"):
            begun = datetime.combine(day, at, zone)
            until = begun + timedelta(minutes=minutes) if minutes else None
            draft = Draft(kind, title, begun, until, url or None)
            _write(lambda conn: annotate(conn, project.id, draft, viewer.person_id), "Annotated.")


def _show_note(note: Annotation, viewer: Viewer, project: Project) -> None:
    when = note.at.astimezone(ZoneInfo(project.timezone)).strftime(DAY_AND_TIME)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        text = _link(note.url, note.title) if note.url else escape(note.title)
        st.html(text + _small(f"{note.kind}, {when}"), width="stretch")
        is_admin = viewer.role == "admin"
        if is_admin or note.person_id == viewer.person_id:
            author = None if is_admin else viewer.person_id
            if st.button("Delete", key=f"note_delete_{note.id}", type="tertiary"):
                _write(lambda conn: remove(conn, project.id, note.id, author), "Deleted.")


def _write(work: Callable[[Any], Any], told: str) -> None:
    """Do it in one transaction, say so, and draw the page anew; or say what is wrong with it."""
    try:
        with engine().begin() as conn:
            work(conn)
    except (BadAnnotation, BadView, UnknownView) as error:
        st.warning(str(error))
        return
    _show_at_once()
    st.toast(told)
    st.rerun()


def _show_at_once() -> None:
    """Let no answer from before the change be shown: of any grain, nor of this one if costly."""
    forget()
    if filters := st.session_state.get(CHOSEN):
        renew(ask(annotations_in, filters))


def _link(address: str, text: str) -> str:
    ink = "color: inherit; text-decoration: underline"
    return f'<a href="{escape(address)}" rel="noopener noreferrer" style="{ink}">{escape(text)}</a>'


def _small(text: str) -> str:
    return f' <small style="opacity: 0.75">{escape(text)}</small>'
