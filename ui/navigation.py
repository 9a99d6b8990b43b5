"""What surrounds every page: the list of pages that a viewer may open, and the filter bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Literal

import streamlit as st

from analytics.scope import PUBLIC, Viewer
from ui.filters import draw_filters
from ui.frame import ASSETS, current_viewer, viewing
from ui.helpful import ask_whether_helpful
from ui.keeping import draw_keeping
from ui.turns import turn

PUBLIC_PAGE = "pages/public.py"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation: a page, and the field that a viewer must be allowed to see.

    One that is not `ranged` shows the same in every range and under every filter: there they stay
    in the address and are not shown. One that is `public` runs for strangers, too. One that is
    `windowed` looks at no single project, and has its own choice of days.
    """

    path: str
    title: str
    icon: str
    field: str = ""
    ranged: bool = True
    public: bool = False
    windowed: bool = False


def run(entries: Mapping[str, Sequence[Entry]]) -> None:
    """Offer the pages that the viewer may open and run the one that the address names.

    To a stranger every address but those of public pages shows the start: it stays in the address
    bar, so that one lands there after signing in.
    """
    viewer = current_viewer()
    with turn():
        _run(entries, viewer)


def _run(entries: Mapping[str, Sequence[Entry]], viewer: Viewer) -> None:
    st.logo(str(ASSETS / "logo.svg"), icon_image=str(ASSETS / "icon.png"))
    st.html(ASSETS / "cards.css")
    pages = {
        group: [_page(entry, viewer, group) for entry in listed]
        for group, listed in entries.items()
    }
    position: Literal["hidden", "sidebar"] = "hidden" if viewer == PUBLIC else "sidebar"
    chosen = st.navigation(pages, position=position, expanded=True)
    listed = [page for group in pages.values() for page in group if page.visibility == "visible"]
    titles = {page.url_path: page.title for page in listed}
    by_path = {_path(entry, group): entry for group, of in entries.items() for entry in of}
    with viewing(viewer):
        if viewer != PUBLIC:
            st.sidebar.html(_signed_in_as(viewer))
            _draw_bar(viewer, chosen, by_path[chosen.url_path], titles)
        elif by_path[chosen.url_path].public:
            _draw_way_in(chosen)
        chosen.run()
        if viewer != PUBLIC:
            ask_whether_helpful(chosen.url_path)


def _draw_bar(viewer: Viewer, page: st.Page, entry: Entry, titles: Mapping[str, str]) -> None:
    """The title and the filter bar; what does not apply is hidden, so that the address keeps it."""
    if not entry.windowed:
        draw_filters(page.title, partial(draw_keeping, page=page.url_path, titles=titles))
    elif viewer.projects:
        draw_filters(page.title)
        st.html(ASSETS / "windowed.css")
    else:
        st.title(page.title, anchor=False)
    if entry.windowed or not entry.ranged:
        st.html(ASSETS / "unranged.css")


def _draw_way_in(page: st.Page) -> None:
    """What a stranger sees above a public page: its title, and where to sign in."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(page.title, anchor=False, width="stretch")
        st.page_link(PUBLIC_PAGE, label="Sign in", icon=":material/login:", width="content")


def _path(entry: Entry, group: str) -> str:
    """Its address: the one without a group is the start."""
    return Path(entry.path).stem if group else ""


def _page(entry: Entry, viewer: Viewer, group: str) -> st.Page:
    allowed = not entry.field or viewer.may(entry.field)
    closed = viewer == PUBLIC and not entry.public
    return st.Page(
        PUBLIC_PAGE if closed else entry.path,
        title="Looplens" if closed else entry.title,
        icon=f":material/{entry.icon}:",
        url_path=_path(entry, group),
        default=not group,
        visibility="visible" if allowed else "hidden",
    )


def _signed_in_as(viewer: Viewer) -> str:
    return (
        (ASSETS / "signed_in.html")
        .read_text()
        .format(email=escape(viewer.email), role=escape(viewer.role.replace("_", " ")))
    )
