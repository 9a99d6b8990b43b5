"""Executive summary: systems in a line, revenue, users, goals, and what is used most."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.business.goals import tracked, wanted_goals
from analytics.business.overview import SATISFACTION, USERS, Overview
from analytics.business.revenue.currency import shown_currency
from analytics.business.revenue.movements import movements_sql
from analytics.business.revenue.standing import standing, standings_besides
from analytics.business.summary import headline
from analytics.choices import projects_of
from analytics.feedback.scores import scores
from analytics.metrics import METRICS
from analytics.operations.health.system import system_health
from analytics.operations.intake import freshness
from analytics.operations.support.summary import support_summary
from analytics.product.subjects import top_subjects
from analytics.product.trends import trend, trend_sql
from analytics.showing import shown
from ui import charts, words, words_executive
from ui.beginning import wait_for_events
from ui.cards import chart_card
from ui.executive import bridge_card, draw_revenue, draw_summary, draw_systems, leaders_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.goals import draw_goals
from ui.tiles import figures, tiles

viewer = enter("business")
filters = current_filters()
wait_for_events(filters, "how many use it, what it earns and whether it works")
users, revenue, besides, said, support, health, growth, top, fresh, marks, wanted = fetch_all(
    ask(headline, filters, USERS),
    ask(standing, filters),
    ask(standings_besides, filters),
    ask(scores, filters),
    ask(support_summary, filters),
    ask(system_health, filters.project_id, clock(10)),
    ask(trend, filters, "actors", None),  # word for word as on Trends: one answer serves both
    ask(top_subjects, filters),
    ask(freshness, filters.project_id, clock(10)),
    ask(annotations_in, filters),
    ask(wanted_goals, filters.project_id),
)
money = fetch(shown_currency, filters.project_id)
goals = fetch_all(*(ask(tracked, filters, goal) for goal in wanted))
projects = {project.id: project.name for project in fetch(projects_of)}

draw_systems(health)
draw_revenue(revenue, besides)
tiles(users, filters)
by_key = {figure.metric.key: figure for figure in users}
answered = [score for score in said if score.measure.key in SATISFACTION]
figures(words_executive.satisfaction(answered) | words_executive.support(support))

left, right = st.columns(2)
with left:
    actors = METRICS["actors"]
    chart_card(
        charts.line(growth, actors, grain=filters.grain, zone=filters.zone, marks=marks),
        growth,
        title=words.headline_finding(by_key["actors"], filters),
        help=actors.definition,
        name="active_users",
        note=words.legend(filters),
        query=lambda: shown(trend_sql(viewer, filters, "actors")),
    )
with right:
    if revenue:
        bridge_card(revenue, lambda: shown(movements_sql(viewer, filters, revenue.currency)))
draw_goals(goals, filters, money)
leaders_card(top, filters, viewer)
made = Overview(
    projects[filters.project_id], filters, tuple(users), revenue, tuple(said), support, health,
    tuple(goals), besides, money,
)  # fmt: skip
draw_summary(made)
st.caption(words.freshness(fresh, clock(1)))
