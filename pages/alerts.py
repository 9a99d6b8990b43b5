"""Alerts: what fires, what is looked at, what an alert would have done, and incidents."""

from analytics.operations.alerts.incidents import incidents
from analytics.operations.alerts.listing import episodes, rules
from analytics.operations.alerts.named import named_errors
from ui.alert_form import draw_form
from ui.alerts import draw_episodes, draw_rules
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch_all
from ui.incidents import draw_incidents

viewer = enter("operations")
filters = current_filters()
project = filters.project_id
fired, named, watched, happened = fetch_all(
    ask(episodes, project, clock()),
    ask(named_errors, project, clock()),
    ask(rules, project, clock()),
    ask(incidents, project, clock()),
)

draw_episodes(fired, named, filters)
draw_incidents(happened, filters)
draw_rules(watched, filters)
draw_form(viewer, watched, filters)
