"""Roadmap: what to build next, by what speaks for it, and what became of what was built."""

import streamlit as st

from analytics.feedback.duplicates import near_duplicates
from analytics.feedback.hypotheses import register
from analytics.feedback.roadmap import (
    drop_offs,
    evidence,
    evidence_sql,
    linkable_themes,
    ranked,
    told,
    told_sql,
)
from analytics.showing import shown
from ui import words_roadmap
from ui.cards import table_card, text_card
from ui.filters import current_filters
from ui.frame import ask, enter, fetch, fetch_all
from ui.hypotheses_card import draw_hypotheses
from ui.roadmap import TOLD, choose_item, choose_weights, columns, label, listed, told_listed
from ui.roadmap_changes import change_row
from ui.roadmap_requests import offer_merges, offer_reopening

viewer = enter("feedback")
filters = current_filters()
weights = choose_weights()
about = filters.project_id
asked = [ask(evidence, filters), ask(told, about), ask(near_duplicates, about)]
found, closed, pairs, themes, beliefs = fetch_all(
    *asked, ask(linkable_themes, about), ask(register, about)
)
losses = fetch(drop_offs, filters, tuple(found["subject"].unique()))
rows = ranked(found, losses, weights)

table_card(
    listed(rows, weights),
    title=words_roadmap.ranking_finding(rows),
    help=words_roadmap.RANKING,
    name="ranking",
    columns=columns(rows),
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
            title=words_roadmap.why_title(row, rows),
            help=words_roadmap.WHY,
            name="why",
            written=row["details"],
        )
        offer_merges(pairs, filters, *asked)
    with right:
        change_row(row, themes, filters, *asked)
table_card(
    told_listed(closed),
    title=words_roadmap.told_finding(closed),
    help=words_roadmap.TOLD,
    name="told",
    columns=TOLD,
    empty=words_roadmap.NOBODY_TOLD,
    query=lambda: shown(told_sql(viewer, about)),
)
offer_reopening(closed, filters, *asked)
draw_hypotheses(beliefs, {label(each): each for each in rows.to_dict("records")}, filters)
