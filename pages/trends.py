"""Product trends: metrics over time, against each other, by hour and country, and what is used."""

from dataclasses import replace

import streamlit as st

from analytics.annotations import annotations_in
from analytics.choices import dimension_values
from analytics.measures.packs import kinds_of
from analytics.operations.intake import freshness
from analytics.product.heat import heat, heat_sql
from analytics.product.places import places, places_sql
from analytics.product.subjects import top_subjects_sql
from analytics.product.trends import top_subjects
from analytics.showing import shown
from ui import charts, lines, words, words_trends
from ui.cards import chart_card, table_card
from ui.filters import choose_grain, current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.tables import SUBJECTS
from ui.terms import doings
from ui.trends import bars_of, compare, draw_lines, statements

viewer = enter("product")
filters = current_filters()
known = doings(fetch(kinds_of, filters.project_id))
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    first = lines.choose_first(known)
    by = lines.choose_split(filters, first.doing)
    reading = lines.choose_reading(first.metric)
    by_grain = choose_grain(filters, first.metric)
    log = st.toggle("Log scale", key="log", bind="query-params")
more, ratio = lines.choose_more(known)
drawn = [first, *more]
by = None if more else by
scoped = first.doing.among(filters)
mapped = replace(scoped, grain="day", compare=False)
*series, top, fresh, values, marks, hours, countries = fetch_all(
    *compare(drawn, by_grain, by, reading),
    ask(top_subjects, filters),
    ask(freshness, filters.project_id, clock(10)),
    ask(dimension_values, filters.project_id),
    ask(annotations_in, filters),
    ask(heat, scoped),
    ask(places, mapped, first.metric.key),
)
as_of = f"{words.freshness(fresh, clock(1))}."
chart, data, title = draw_lines(
    drawn, series, by_grain, ratio=ratio, order=values.get(by, ()), marks=marks, log=log
)
chart_card(
    chart,
    data,
    title=title,
    help=" ".join(line.metric.definition for line in drawn),
    name="trend",
    note=words_trends.note(first.metric, by_grain, by, as_of, alone=not more),
    query=lambda: statements(viewer, drawn, by_grain, by, reading),
)
left, right = st.columns(2)
with left:
    chart_card(
        charts.calendar(hours, value_title="Events an hour", zone=filters.zone),
        hours,
        title=words_trends.peak(hours),
        help=words_trends.HEAT,
        name="hours",
        note=as_of,
        query=lambda: shown(heat_sql(viewer, scoped)),
    )
    table_card(
        top,
        title="Top subjects",
        help="The features, pages, commands and so on with the most events in the range.",
        name="top_subjects",
        columns=SUBJECTS,
        note=as_of,
        query=lambda: shown(top_subjects_sql(viewer, filters)),
    )
with right:
    chart_card(
        charts.world(countries, first.metric),
        countries,
        title=words_trends.lead(countries, first.metric),
        help=f"{first.metric.definition} {words_trends.MAP}",
        name="countries",
        note=f"{words_trends.beyond(charts.off_the_map(countries), first.metric)} {as_of}".strip(),
        query=lambda: shown(places_sql(viewer, mapped, first.metric.key)),
    )
    bars_of(countries, first.metric, as_of)
