"""Adoption: who uses each feature, command or template, how soon, how often and how well."""

from dataclasses import replace

import streamlit as st

from analytics.annotations import annotations_in
from analytics.metrics import METRICS
from analytics.operations.intake import freshness
from analytics.product.adoption import adoptable, adoption, adoption_sql
from analytics.product.trends import trend, trend_sql
from analytics.showing import shown
from ui import charts, words, words_adoption
from ui.adoption import ADOPTION, choose_event, choose_subject
from ui.cards import chart_card, table_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all

BARS = 12

viewer = enter("product")
filters = current_filters()
names = fetch(adoptable, filters.project_id)
if not names:
    st.info(words_adoption.NO_SUBJECTS)
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    name = choose_event(names)
    found, fresh = fetch_all(
        ask(adoption, filters, name), ask(freshness, filters.project_id, clock(10))
    )
    subject = choose_subject(found)
table = found.rows
by = "uses" if filters.anonymous else "adoption"

chart_card(
    charts.bars(
        table.head(BARS),
        label="subject",
        value=by,
        label_title="Subject",
        value_title="Uses" if filters.anonymous else "Of active users",
        number="," if filters.anonymous else ".1~%",
    ),
    table[["subject", "users", "adoption", "uses"]],
    title=words_adoption.adoption_finding(found),
    help=words_adoption.ADOPTION,
    name="adoption",
    note=f"{words_adoption.listed(found, BARS)} {words.freshness(fresh, clock(1))}.".strip(),
    query=lambda: shown(adoption_sql(viewer, filters, name)),
)
table_card(
    table,
    title=words_adoption.table_finding(found),
    help=words_adoption.TABLE,
    name="subjects",
    columns=ADOPTION,
    note=words_adoption.listed(found),
    query=lambda: shown(adoption_sql(viewer, filters, name)),
)
if subject is not None:
    metric = METRICS["events" if filters.anonymous else "actors"]
    about = replace(filters, event=name, subject=subject)
    series, marks = fetch_all(ask(trend, about, metric.key), ask(annotations_in, filters))
    chart_card(
        charts.line(series, metric, grain=filters.grain, zone=filters.zone, marks=marks),
        series,
        title=f"{words.plain(subject)}: {words.trend_finding(series, metric, filters)}",
        help=metric.definition,
        name="subject",
        note=words.legend(filters),
        query=lambda: shown(trend_sql(viewer, about, metric.key)),
    )
