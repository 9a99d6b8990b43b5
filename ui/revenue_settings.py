"""What the business figures of a project assume, to be changed, and how the first ones come in."""

from dataclasses import asdict, replace
from functools import partial
from string import Template
from typing import Any

import streamlit as st
from sqlalchemy import Connection

from analytics.business.revenue.currency import currencies
from analytics.business.revenue.settings import settings_of
from analytics.scope import Viewer
from db.business_settings import LONGEST_EVENT, BusinessSettings, set_business_settings
from ui.changes import change
from ui.frame import ASSETS, ask
from ui.held import hold
from ui.snippets import NO_KEY, api_address

FIELD = "business"
SAVED = "Saved."
TEACH = (
    "No customer has paid yet. Once subscriptions come in, this page shows MRR and how it moves, "
    "what customers cost and bring in, payments, trials, prices, and a forecast."
)
WAY = (
    f"Send the first one with a key of the scope `server` in place of `{NO_KEY}`. CSV files and "
    "Stripe are other ways; the documentation of revenue shows them."
)
PART = "The currency that is shown first; empty for the one that most customers pay in."
MARGIN = "What is left of revenue after the cost of serving it. LTV and payback are made with it."
VISIT = "The event that begins the way to a customer."
SIGN_UP = "The event with which somebody signs up."
DAYS = "Who still pays so many days after their first payment is retained."


def teach() -> None:
    """What the page will show, and how to send a first subscription."""
    st.info(TEACH)
    st.markdown(WAY)
    text = (ASSETS / "snippets" / "first_subscription.sh.txt").read_text()
    st.code(Template(text).substitute(address=api_address(), key=NO_KEY), language="shell")


def draw_settings(project_id: int, settings: BusinessSettings) -> None:
    """A form of what figures assume; whoever sees the business of the project may change it."""
    tag = f"business_{project_id}"
    hold(tag, _shown(settings))
    box = st.expander("What these figures assume", icon=":material/tune:", key="assumptions")
    with box, st.form(tag, border=False), st.grid("auto", min_column_width=170):
        st.text_input("Currency", key=f"currency_{tag}", max_chars=3, help=PART)
        st.number_input("Gross margin (%)", 1.0, 100.0, key=f"margin_{tag}", help=MARGIN)
        st.text_input("Visit", key=f"visit_event_{tag}", max_chars=LONGEST_EVENT, help=VISIT)
        st.text_input("Sign-up", key=f"signup_event_{tag}", max_chars=LONGEST_EVENT, help=SIGN_UP)
        st.number_input("Retained after days", 1, 365, key=f"retained_days_{tag}", help=DAYS)
        st.form_submit_button(
            "Save", icon=":material/save:", on_click=_keep, args=(project_id, settings)
        )


def _shown(settings: BusinessSettings) -> dict[str, Any]:
    known = asdict(settings)
    names = ("currency", "visit_event", "signup_event", "retained_days")
    return {name: known[name] for name in names} | {"margin": settings.gross_margin * 100}


def _keep(project_id: int, settings: BusinessSettings) -> None:
    tag = f"business_{project_id}"
    given = {name: st.session_state[f"{name}_{tag}"] for name in _shown(settings)}
    margin = round(given.pop("margin") / 100, 6)
    given["currency"] = given["currency"].strip().upper()
    wanted = replace(settings, gross_margin=margin, **given)
    stale = ask(settings_of, project_id), ask(currencies, project_id)
    keep = partial(_set, project_id, wanted)
    if change(project_id, keep, *stale, field=FIELD):
        st.toast(SAVED)


def _set(project_id: int, wanted: BusinessSettings, conn: Connection, _: Viewer) -> None:
    set_business_settings(conn, project_id, wanted)
