"""Live: who is there and what happens now, drawn anew every two seconds."""

from ui.beginning import wait_for_events
from ui.filters import current_filters
from ui.frame import enter
from ui.live import draw_map, draw_now

viewer = enter("operations")
filters = current_filters()
wait_for_events(filters, "who is there and what happens at the moment")
draw_now(viewer, filters)
draw_map(viewer, filters)
