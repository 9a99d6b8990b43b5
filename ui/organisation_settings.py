"""The settings of an organisation: what its return is reckoned with, seats and leaderboard."""

from functools import partial

import streamlit as st

from analytics.community.organisation import Headed
from analytics.community.report import Report
from db.organisations import MOST_SEATS
from ui import organisation_changes as changes
from ui import words_returns
from ui.assumptions import draw_form, estimate_card
from ui.cards import literal, text_card
from ui.held import hold

SETTINGS = (
    "Seats are what adoption is measured against. The leaderboard names only who agrees to it."
)
ASSUMED = (
    "What no run tells: each number from its lowest to its highest. Whoever heads the "
    "organisation reckons with the same ones, also in the report."
)


def draw_return(report: Report) -> None:
    """What the runs brought in against what they cost, and every assumption, to be changed."""
    headed = report.usage.organisation
    left, right = st.columns([3, 2])
    with left:
        estimate_card(report.estimate, words_returns.finding(report.estimate))
    with right:
        text_card(
            [literal(line) for line in words_returns.told(report.assumed)],
            title="Reckoned with",
            help=ASSUMED,
            name="assumed",
        )
    with st.popover("Change what it is reckoned with", icon=":material/tune:"):
        draw_form(
            report.assumed, f"assumed_{headed.uid}", partial(changes.keep_assumptions, headed.uid)
        )


def draw_settings(headed: Headed) -> None:
    """A form of seats and leaderboard."""
    tag = f"settings_{headed.uid}"
    hold(tag, {"seats": headed.seats, "leaderboard": headed.leaderboard})
    with st.container(border=True, key="card_settings"), st.form(tag, border=False):
        st.subheader("Settings", anchor=False, help=SETTINGS)
        st.number_input("Seats", 1, MOST_SEATS, key=f"seats_{tag}", width=160)
        st.toggle("Leaderboard", key=f"leaderboard_{tag}")
        st.form_submit_button("Save", icon=":material/save:", on_click=_keep, args=(headed,))


def _keep(headed: Headed) -> None:
    seats, leaderboard = (
        st.session_state[f"{name}_settings_{headed.uid}"] for name in ("seats", "leaderboard")
    )
    changes.keep_settings(headed.uid, seats=seats, leaderboard=leaderboard)
