"""Flags on their page: each with who gets what, and the ways to change it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.experiments.definition import targeting_of
from analytics.filters import Filters
from db.experiments.checking import LONGEST_NAME, Draft, draft_of
from db.experiments.kept import Experiment, Variant
from db.tables import BUCKETS
from ui import experiments_changes as changes
from ui import words_flags
from ui import words_measures as told
from ui.cards import foot, literal
from ui.experiments_draft import slug
from ui.flags_rules import choose_rules

NAME, KEY, ON, OFF = "flag_name", "flag_key", "on", "off"


def flag_list(
    flags: Sequence[Experiment],
    segments: Mapping[int, str],
    values: Mapping[str, Sequence[str]],
    *,
    changeable: bool,
) -> None:
    """Every flag with its switch; `segments` are their names, `values` those of dimensions."""
    for flag in flags:
        with st.container(border=True, key=f"flag_{flag.id}", gap="xsmall"):
            _head(flag, segments)
            if changeable:
                _doors(flag, segments, values)
    if flags:
        foot(_listed(flags, segments), "flags", "", None)


def draw_new(filters: Filters) -> None:
    """A form that makes a flag, which is off until it is switched on."""
    with (
        st.form("new_flag", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.text_input("Name", key=NAME, max_chars=LONGEST_NAME, width=280)
        st.text_input("Key", key=KEY, placeholder="made of the name", width=240)
        st.form_submit_button(
            "Make it", icon=":material/add:", on_click=_make, args=(filters.project_id,)
        )


def _head(flag: Experiment, segments: Mapping[int, str]) -> None:
    label, colour, icon = words_flags.STATES[words_flags.state_of(flag)]
    badge = f":{colour}-badge[:material/{icon}: {label}]"
    st.markdown(f"**{literal(flag.name)}** {badge} `{flag.key}`")
    st.markdown(literal(words_flags.sentence(flag, targeting_of(flag.targeting), segments)))


def _doors(
    flag: Experiment, segments: Mapping[int, str], values: Mapping[str, Sequence[str]]
) -> None:
    """On and off, the kill switch, the share and the rules."""
    about = (flag.project_id, flag.key)
    running = flag.state == "running"
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Switch off" if running else "Switch on",
            key=f"flag_switch_{flag.id}",
            icon=f":material/{'toggle_off' if running else 'toggle_on'}:",
            on_click=changes.stop if running else changes.start,
            args=about,
        )
        if running:
            st.button(
                "Take back the kill" if flag.killed else "Kill",
                key=f"flag_kill_{flag.id}",
                icon=":material/power_settings_new:",
                help="Everybody gets the value of off within seconds, whatever the rules say.",
                on_click=changes.switch,
                args=(*about, not flag.killed),
            )
        with st.popover("Who gets it", icon=":material/tune:"):
            _rules(flag, segments, values)
        if flag.state == "draft":
            st.button(
                "Delete",
                key=f"flag_delete_{flag.id}",
                icon=":material/delete:",
                type="tertiary",
                on_click=changes.delete,
                args=about,
            )


def _rules(
    flag: Experiment, segments: Mapping[int, str], values: Mapping[str, Sequence[str]]
) -> None:
    with st.form(f"flag_rules_{flag.id}", border=False):
        share = st.number_input(
            "Share of people (%)",
            0.0,
            100.0,
            flag.share / BUCKETS * 100,
            1.0,
            key=f"flag_share_{flag.id}",
            format="%g",
            help="Of those who fit; always the same people, and more of them as it grows.",
        )
        targeting = choose_rules(flag, segments, values)
        if st.form_submit_button("Save", icon=":material/save:"):
            draft = replace(draft_of(flag), share=round(share * BUCKETS / 100), targeting=targeting)
            if changes.keep(flag.project_id, draft, flag.key):
                st.rerun()


def _make(project_id: int) -> None:
    """Keep a flag that is on for all once it is switched on, in its form's callback."""
    name: str = st.session_state[NAME]
    variants = (Variant(OFF, 0, False), Variant(ON, BUCKETS, True))
    key = st.session_state[KEY].strip() or slug(name)
    changes.keep(project_id, Draft("flag", key, name, variants, OFF), None)


def _listed(flags: Sequence[Experiment], segments: Mapping[int, str]) -> pd.DataFrame:
    """The list as a table, to take away."""
    return pd.DataFrame(
        [
            {
                "key": flag.key,
                "name": flag.name,
                "state": words_flags.state_of(flag),
                "share": flag.share / BUCKETS,
                "for": told.audience(targeting_of(flag.targeting), segments),
                "variants": told.variants(flag.variants, flag.control),
            }
            for flag in flags
        ]
    )
