"""Lifecycle and stickiness: who comes, comes back and stays away, and how often people come."""

import streamlit as st

from analytics.measures.packs import kinds_of
from analytics.metrics import METRICS
from analytics.operations.intake import freshness
from analytics.product.lifecycle import QUICK_RATIO, lifecycle, lifecycle_sql, quick_ratios
from analytics.product.newcomers import recording_since
from analytics.product.stickiness import active_days, active_days_sql
from analytics.product.trends import trend, trend_sql
from analytics.showing import shown
from ui import charts, words, words_lifecycle, words_retention
from ui.beginning import wait_for_events
from ui.cards import chart_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.terms import choose_doing, choose_interval, daily, doings

viewer = enter("product")
filters = current_filters()
if filters.anonymous:
    st.info(words_retention.NO_IDS)
    st.stop()
wait_for_events(filters, "who is new, comes back, and stays away")

known = doings(fetch(kinds_of, filters.project_id))
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    doing = choose_doing("Active by", "active_by", known, words_lifecycle.ACTIVE_BY)
    filters = doing.among(choose_interval(filters, by_day=14))

phases, sticky, days, since, fresh = fetch_all(
    ask(lifecycle, filters),
    ask(trend, daily(filters), "stickiness"),
    ask(active_days, filters),
    ask(recording_since, filters),
    ask(freshness, filters.project_id, clock(10)),
)
grain, zone = filters.grain, filters.zone
ratios = quick_ratios(phases)
as_of = f"{words.freshness(fresh, clock(1))}."

chart_card(
    charts.stack(
        phases,
        parts=words_lifecycle.PARTS,
        below=("dormant",),
        grain=grain,
        zone=zone,
        title="People",
    ),
    phases,
    title=words_lifecycle.phases_finding(phases, grain),
    help=words_lifecycle.PHASES.format(grain=grain),
    name="lifecycle",
    note=f"{words_lifecycle.legend(grain, words_retention.beginning(since, filters))} {as_of}",
    query=lambda: shown(lifecycle_sql(viewer, filters)),
)
left, right = st.columns(2)
with left:
    chart_card(
        charts.line(ratios, QUICK_RATIO, grain=grain, zone=zone),
        ratios,
        title=words_lifecycle.ratio_finding(phases),
        help=f"{QUICK_RATIO.definition} {QUICK_RATIO.formula}.",
        name="quick_ratio",
        note=as_of,
        query=lambda: shown(lifecycle_sql(viewer, filters)),
    )
with right:
    chart_card(
        charts.line(sticky, METRICS["stickiness"], grain=daily(filters).grain, zone=zone),
        sticky,
        title=words_lifecycle.stickiness_finding(sticky),
        help=words_lifecycle.STICKINESS,
        name="stickiness",
        note=f"{words.legend(daily(filters))} {as_of}",
        query=lambda: shown(trend_sql(viewer, daily(filters), "stickiness")),
    )
chart_card(
    charts.columns(
        days,
        number="days",
        count="actors",
        number_title="Days active",
        count_title="People",
    ),
    days,
    title=words_lifecycle.days_finding(days),
    help=words_lifecycle.ACTIVE_DAYS,
    name="active_days",
    note=as_of,
    query=lambda: shown(active_days_sql(viewer, filters)),
)
