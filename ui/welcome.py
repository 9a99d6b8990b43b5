"""Ways in for strangers: the personas of a demo, and where an access link comes from."""

from html import escape

import pandas as pd
import streamlit as st

from db.access import Person
from db.engine import engine
from ui.doors import offered_personas
from ui.errors import calm
from ui.frame import ASSETS

PACKAGES = "pages/package.py"
PERSONAS = {
    "executive": ("Executive", "How the whole product is doing"),
    "product": ("Product manager", "What people use, and how that changes"),
    "operations": ("Operator", "Whether events arrive, and what fails"),
    "author": ("Package author", "How one's own packages are used"),
    "org_admin": ("Organisation admin", "What an organisation gets out of it"),
    "member": ("Member", "One's own use"),
    "admin": ("Administrator", "Everything"),
}


def look_around(packages: pd.DataFrame) -> None:
    """The way to what needs no sign-in, where any package is public."""
    if len(packages):
        st.page_link(PACKAGES, label="See the public packages", icon=":material/inventory_2:")


def ways_in() -> None:
    """In a demo a button a persona; else how to get an access link."""
    with calm(), engine().connect() as conn:
        offered = offered_personas(conn)
    if offered:
        st.subheader("Look around as", anchor=False)
        st.html(_forms(offered))
        st.caption("This is a demo with made-up data. The page you asked for opens afterwards.")
    else:
        st.subheader("Getting in", anchor=False)
        st.markdown("Ask whoever runs this server for an access link. They make one with")
        st.code("python -m db invite you@example.org --role product", language="shell")


def _forms(offered: list[Person]) -> str:
    """Plain forms, because only a full request can set the cookie; they keep the address."""
    template = (ASSETS / "persona.html").read_text()
    forms = []
    for person in offered:
        title, words = PERSONAS.get(person.role, (person.role, ""))
        forms.append(template.format(id=person.id, title=escape(title), words=escape(words)))
    return (ASSETS / "personas.html").read_text().format(forms="".join(forms))
