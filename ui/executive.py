"""The parts of the executive summary that are more than a call: systems, revenue, the report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from analytics.business.overview import Overview, as_html, as_pdf
from analytics.business.revenue.settings import settings_of
from analytics.business.revenue.standing import Month, Standing
from analytics.filters import Filters
from analytics.operations.health.system import SystemHealth
from analytics.product.subjects import top_subjects_sql
from analytics.scope import Viewer
from analytics.showing import shown
from analytics.wording import digits_of, money
from db.business_settings import business_settings_of, set_business_settings
from db.tables import SUMMARY_PACES
from ui import charts, words, words_executive
from ui.cards import Query, chart_card, literal
from ui.changes import change
from ui.files import offer_report
from ui.frame import ask, fetch
from ui.popovers import popover
from ui.remembering import remembered
from ui.tables import labelled
from ui.tiles import figures

TOP = 8  # subjects
OPERATIONS = "pages/operations.py"
BOXES: Mapping[str, Callable[..., Any]] = {"act": st.error, "watch": st.warning}
BRIDGE = {
    "start": "Start",
    "new": "New",
    "expansion": "Expansion",
    "reactivation": "Reactivated",
    "contraction": "Contraction",
    "churn": "Churn",
    "end": "End",
}
BRIDGE_HELP = (
    "What changed MRR in the last whole month: new, growing and returning customers against those "
    "who pay less or left. Start and movements add up to the end, to the cent."
)
NO_REVENUE = (
    "Nobody has paid yet. Send subscriptions to POST /api/v1/revenue/subscriptions, import a CSV, "
    "or connect Stripe: docs/revenue.md tells how."
)
PACE_HELP = (
    "Sent at 7 o'clock by the project's clock to the targets that take the kind summary: "
    "`python -m db target PROJECT NAME --kind summary`."
)


def draw_systems(health: SystemHealth) -> None:
    """One line on the state of systems, in a box where they act up, with the way to all of it."""
    told, icon = words_executive.systems(health), words_executive.WORRIES[health.worry]
    left, right = st.columns([6, 1], vertical_alignment="center")
    with left.container(key="systems"):
        if box := BOXES.get(health.worry):
            box(told, icon=icon)
        else:
            st.markdown(f"{icon} {told}")
    with right:
        st.page_link(OPERATIONS, label="Operations", icon=":material/arrow_forward:")


def draw_revenue(standing: Standing | None, besides: Sequence[Standing]) -> None:
    """Tiles of the last whole month, or how to send the first payment."""
    if standing is None:
        st.caption(NO_REVENUE)
        return
    figures(words_executive.revenue(standing))
    if told := words_executive.besides(besides):
        st.caption(literal(told))


def leaders_card(top: pd.DataFrame, filters: Filters, viewer: Viewer) -> None:
    """What is used most: pages, features, commands."""
    shown_first = _first(top)
    chart_card(
        charts.bars(
            shown_first, label="label", value="events", label_title="Subject", value_title="Events"
        ),
        shown_first,
        title=words.leader(shown_first),
        help="The subjects with the most events in the range: features, pages, commands.",
        name="top_features",
        query=lambda: shown(top_subjects_sql(viewer, filters, limit=TOP)),
    )


@remembered
def _first(top: pd.DataFrame) -> pd.DataFrame:
    return labelled(top.head(TOP))


def bridge_card(standing: Standing, query: Query) -> None:
    """How MRR moved in the last whole month."""
    month, currency = standing.last, standing.currency
    rows = bridge(month, currency)
    chart_card(
        charts.waterfall(rows, title=f"MRR ({currency})"),
        rows,
        title=words_executive.bridge_finding(month, currency),
        help=BRIDGE_HELP,
        name="bridge",
        note=f"{month.month:%B %Y}, in {currency}",
        query=query,
    )


@remembered
def bridge(month: Month, currency: str) -> pd.DataFrame:
    """The rows of the waterfall: label (str), amount (float64, in units of the currency), kind
    (str: total or movement), number (str)."""
    signs = {"contraction": -1, "churn": -1}
    rows = [
        (name, label, signs.get(name, 1) * getattr(month, name)) for name, label in BRIDGE.items()
    ]
    return pd.DataFrame(
        {
            "label": [label for _, label, _ in rows],
            "amount": [cents / 10 ** digits_of(currency) for _, _, cents in rows],
            "kind": ["total" if name in ("start", "end") else "movement" for name, _, _ in rows],
            "number": [money(cents, currency) for _, _, cents in rows],
        }
    )


def draw_summary(overview: Overview) -> None:
    """The one-page summary of what the page shows, and how often it is sent."""
    filters = overview.filters
    with st.container(horizontal=True, gap="small"):
        name = f"{overview.project} {filters.today.isoformat()}"
        offer_report("Summary", name, partial(as_pdf, overview), partial(as_html, overview))
        pace = partial(_choose_pace, filters)
        popover("Send it", "send_summary", pace, icon="schedule_send", type="secondary")


def _choose_pace(filters: Filters) -> None:
    settings = fetch(settings_of, filters.project_id)
    st.selectbox(
        "Send the summary",
        SUMMARY_PACES,
        SUMMARY_PACES.index(settings.summary_pace) if settings else 0,
        format_func=str.capitalize,
        key="summary_pace",
        help=PACE_HELP,
        on_change=_keep_pace,
        args=(filters.project_id,),
    )
    st.caption("To targets of the kind summary, at 7 o'clock; weekly ones on Mondays.")


def _keep_pace(project_id: int) -> None:
    pace = st.session_state["summary_pace"]

    def work(conn: Connection, _: Viewer) -> None:
        settings = business_settings_of(conn, project_id)
        set_business_settings(conn, project_id, replace(settings, summary_pace=pace))

    change(project_id, work, ask(settings_of, project_id), field="business")
