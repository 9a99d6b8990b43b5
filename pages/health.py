"""Health: what answers, what is promised, how busy machines are and when they are full."""

from analytics.annotations import annotations_in
from analytics.operations.health.capacity import capacities
from analytics.operations.health.gauges import gauge_trend, gauges_now
from analytics.operations.health.objectives import standings
from analytics.operations.health.probes import probes_now
from analytics.operations.health.reasons import verdict
from analytics.operations.health.statements import slow_statements
from analytics.operations.health.system import system_health
from analytics.operations.health.uptime import uptime_trend
from ui import health, words_health
from ui.cards import text_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch_all
from ui.health_changes import draw_changes

viewer = enter("operations")
filters = health.in_few_periods(current_filters())
project = filters.project_id
state, probes, promised, trend, busy, now, room, slow, marks = fetch_all(
    ask(system_health, project, clock(10)),
    ask(probes_now, project, clock(10)),
    ask(standings, project, clock()),
    ask(uptime_trend, filters),
    ask(gauge_trend, filters, health.BUSY),
    ask(gauges_now, project, clock()),
    ask(capacities, project, clock()),
    ask(slow_statements, project),
    ask(annotations_in, filters),
)

text_card(
    words_health.facts(state, probes, promised),
    title=verdict(state),
    help=words_health.VERDICT,
    name="verdict",
)
health.draw_probes(viewer, filters, probes, trend)
health.draw_objectives(promised)
draw_changes(viewer, project, probes, promised)
health.draw_machines(viewer, filters, busy, now, marks)
health.draw_room(viewer, filters, room, now)
health.draw_statements(viewer, filters, slow)
