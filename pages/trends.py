"""Product trends: metrics over time, against each other, by hour and country, and what is used."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.choices import dimension_values
from analytics.measures.packs import kinds_of
from analytics.operations.intake import freshness
from ui import lines, words, words_trends
from ui.beginning import wait_for_events
from ui.cards import chart_card
from ui.filters import choose_grain, current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.terms import doings
from ui.trend_parts import Part, choose_part
from ui.trends import compare, draw_lines, statements

viewer = enter("product")
filters = current_filters()
wait_for_events(filters, "how anything that is counted changes, by what and when")
known = doings(fetch(kinds_of, filters.project_id))
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    first = lines.choose_first(known)
    split = lines.choose_split(filters, first.doing)
    reading = lines.choose_reading(first.metric)
    by_grain = choose_grain(filters, first.metric)
    log = st.toggle("Log scale", key="log", bind="query-params")
more, ratio = lines.choose_more(known)
drawn = [first, *more]
by = None if more else split
card = st.container()
name, tab = choose_part(by)
part = Part(name, filters, first.doing.among(filters), first.metric, by)

*series, below, fresh, values, marks = fetch_all(
    *compare(drawn, by_grain, by, reading),
    part.question,
    ask(freshness, filters.project_id, clock(10)),
    ask(dimension_values, filters.project_id),
    ask(annotations_in, filters),
)
as_of = f"{words.freshness(fresh, clock(1))}."
chart, data, title = draw_lines(
    drawn,
    series,
    by_grain,
    reading=reading,
    ratio=ratio,
    order=values.get(by, ()),
    marks=marks,
    log=log,
)
note = words_trends.note(
    first.metric, by_grain, by, reading, alone=not more, log=log, parted=by == split
)
with card:
    chart_card(
        chart,
        data,
        title=title,
        help=" ".join(line.metric.definition for line in drawn),
        name="trend",
        note=f"{note} {as_of}",
        query=lambda: statements(viewer, drawn, by_grain, by, reading),
    )
with tab:
    part.draw(viewer, below, as_of)
