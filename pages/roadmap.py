"""Roadmap: what to build next, by what speaks for it, and what became of what was built."""

import streamlit as st

from analytics.feedback.hypotheses import register
from analytics.feedback.roadmap import drop_offs, evidence, evidence_sql, ranked, told, told_sql
from analytics.showing import shown
from ui import words_roadmap
from ui.cards import table_card, text_card
from ui.filters import current_filters
from ui.frame import ask, enter, fetch, fetch_all
from ui.hypotheses_card import draw_hypotheses
from ui.roadmap import RANKING, TOLD, choose_item, choose_weights, label, listed
from ui.roadmap_changes import change_row

viewer = enter("feedback")
filters = current_filters()
weights = choose_weights()
asked = ask(evidence, filters)
shipped_asked, register_asked = ask(told, filters.project_id), ask(register, filters.project_id)
found, shipped, beliefs = fetch_all(asked, shipped_asked, register_asked)
losses = fetch(drop_offs, filters, tuple(found["subject"].unique()))
rows = ranked(found, losses, weights)

table_card(
    listed(rows, weights),
    title=words_roadmap.ranking_finding(rows),
    help=words_roadmap.RANKING,
    name="ranking",
    columns=RANKING,
    note=words_roadmap.FORMULA,
    empty=words_roadmap.NOTHING_YET,
    query=lambda: shown(evidence_sql(viewer, filters)),
)
if not rows.empty:
    row = choose_item(rows)
    left, right = st.columns([3, 2])
    with left:
        text_card(
            words_roadmap.why(row, rows, weights),
            title=words_roadmap.why_title(row),
            help=words_roadmap.WHY,
            name="why",
        )
    with right:
        change_row(row, rows, filters, asked, shipped_asked)

table_card(
    shipped,
    title=words_roadmap.told_finding(shipped),
    help=words_roadmap.TOLD,
    name="told",
    columns=TOLD,
    empty=words_roadmap.NOBODY_TOLD,
    query=lambda: shown(told_sql(viewer, filters.project_id)),
)
draw_hypotheses(beliefs, {label(each): each for each in rows.to_dict("records")}, filters)
