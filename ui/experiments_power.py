"""How many people a new experiment needs, and the buttons that keep it and start it."""

from typing import Any

import streamlit as st

from analytics.experiments.definition import Metric, targeting_of
from analytics.experiments.outcomes import baseline
from analytics.experiments.planning import USUAL, Plan, plan_of
from analytics.experiments.results import primary_of
from analytics.filters import Filters
from db.errors import BadExperiment
from ui import experiments_changes as changes
from ui import words
from ui import words_trials as told
from ui.experiments import CHOSEN
from ui.experiments_draft import empty, held, number, put, refuse, refused
from ui.experiments_metrics import is_capped
from ui.frame import fetch

PAGE = "pages/experiments.py"
MADE = "experiment_made"  # the key of what was kept or started in this run's callback


def draw_plan(filters: Filters, metrics: tuple[Metric, ...]) -> None:
    """Draw the smallest effect that matters and the power; what they ask for, kept in the draft."""
    terms = USUAL | (held().plan or {})
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _percent("Smallest change that matters (%)", "effect", terms, told.EFFECT, 0.1, 1000.0)
        _percent("Power (%)", "power", terms, told.POWER, 50.0, 99.0)
    metric = primary_of(metrics)
    base = fetch(baseline, filters, metric, targeting_of(held().targeting))
    try:
        plan = plan_of(base, held(), metric, terms["effect"], terms["power"])
    except BadExperiment as error:
        st.caption(f"{words.plain(str(error))} {told.BY_HAND}")
        _by_hand(terms)
        return
    _say(plan, terms)
    if is_capped(metric) and metric.cap is None and base.top > 0:
        st.caption(told.TOP.format(top=f"{base.top:,.6g}"))
    put(plan=plan.terms(terms["effect"], terms["power"]))


def draw_keeping(filters: Filters, changing: str | None) -> None:
    """Keep the draft, or keep and start it; afterwards its own page is shown."""
    with st.container(horizontal=True, gap="small"):
        about = (filters.project_id, changing)
        st.button(
            "Keep the draft",
            icon=":material/save:",
            on_click=_keep,
            args=about,
            kwargs={"begin": False},
        )
        st.button(
            "Start the experiment",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_keep,
            args=about,
            kwargs={"begin": True},
        )
    made = st.session_state.pop(MADE, None)
    if made:
        st.switch_page(PAGE, query_params={CHOSEN: made})


def _keep(project_id: int, changing: str | None, *, begin: bool) -> None:
    """Keep it, and begin it; where that can't be done, one is told why and the form stays."""
    draft = held()
    wrong = refused()
    if wrong:
        st.toast(wrong, icon=":material/error:")
    elif not draft.name.strip():
        refuse("name", told.NO_NAME)
    elif begin and not draft.share:
        refuse("share", told.NO_SHARE)
    elif changes.keep(project_id, draft, changing, begin=begin):
        st.session_state[MADE] = draft.key
        empty()


def _percent(
    label: str, name: str, terms: dict[str, Any], help: str, low: float, high: float
) -> None:
    number(
        label,
        name,
        round(terms[name] * 100, 2),
        lambda percent: put(plan=terms | {name: percent / 100}),
        (low, high),
        step=1.0,
        help=help,
        width=250,
    )


def _say(plan: Plan, terms: dict[str, Any]) -> None:
    """The need in one large sentence, and what it rests on."""
    with st.container(key="verdict_plan", gap="xxsmall"):
        st.subheader(f"{plan.units:,} people, about {plan.days:,} days", anchor=False)
        st.caption(
            f"To find a change of {terms['effect'] * 100:.3g}% in {terms['power'] * 100:.3g}% of "
            f"cases; {plan.per_day:,.0f} people a day fit in the first two weeks, then about "
            f"{plan.later_per_day:,.1f} new ones a day. {told.BASE} "
            + told.LONG
            * (plan.days > told.LONGEST)
        )


def _by_hand(terms: dict[str, Any]) -> None:
    number(
        "People, all variants together",
        "units",
        terms.get("units", 10_000),
        lambda units: put(plan=terms | {"units": units}),
        (200, 1_000_000_000),
        step=1_000,
        width=250,
    )
    if "units" not in terms:
        put(plan=terms | {"units": 10_000})
