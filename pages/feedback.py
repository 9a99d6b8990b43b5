"""Feedback: how satisfied people are, what they talk about, what they did next, and what to do."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.feedback.breakdowns import breakdown, breakdown_sql, distribution, distribution_sql
from analytics.feedback.over_time import score_trend, score_trend_sql
from analytics.feedback.scores import scores
from analytics.feedback.themes import theme_sizes, themes_of
from analytics.showing import shown
from ui import charts, words, words_feedback
from ui.beginning import wait_for_feedback
from ui.cards import chart_card, table_card
from ui.feedback import choose_measure, choose_part, in_words, marked, part_columns, score_tiles
from ui.feedback_comments import draw_comments
from ui.feedback_more import draw_more
from ui.feedback_themes import draw_themes
from ui.filters import current_filters
from ui.frame import ask, enter, fetch_all
from ui.terms import choose_interval

viewer = enter("feedback")
filters = current_filters()
wait_for_feedback(viewer, filters)
tiles = st.container()
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    measure = choose_measure()
    by_grain = choose_interval(filters, by_day=14)
    label, part = choose_part()
key = measure.key
found, series, answers, parts, sizes, themes, marks = fetch_all(
    ask(scores, filters),
    ask(score_trend, by_grain, key),
    ask(distribution, filters, key),
    ask(breakdown, filters, key, part),
    ask(theme_sizes, filters),
    ask(themes_of, filters.project_id),
    ask(annotations_in, filters),
)
with tiles:
    score_tiles(found, filters)
if series["n"].sum() or any(score.n for score in found):
    grain, zone = by_grain.grain, filters.zone
    chart_card(
        charts.line(series, measure.metric, grain=grain, zone=zone, marks=marks),
        series,
        title=words_feedback.trend_finding(found, measure, filters),
        help=measure.metric.definition,
        name="score",
        note=words.legend(by_grain),
        query=lambda: shown(score_trend_sql(viewer, by_grain, key)),
    )
    left, right = st.columns([2, 3])
    with left:
        chart_card(
            charts.columns(
                in_words(answers),
                number="answer",
                count="n",
                number_title="Answer",
                count_title="Answers",
            ),
            answers,
            title=words_feedback.answers_finding(answers, measure),
            help=words_feedback.DISTRIBUTION,
            name="answers",
            query=lambda: shown(distribution_sql(viewer, filters, key)),
        )
    with right:
        table_card(
            marked(parts),
            title=words_feedback.parts_finding(parts, measure, label),
            help=words_feedback.BREAKDOWN,
            name="parts",
            columns=part_columns(measure, label),
            query=lambda: shown(breakdown_sql(viewer, filters, key, part)),
        )
draw_themes(sizes, themes, filters)
draw_comments(themes, filters)
draw_more(viewer, filters)
