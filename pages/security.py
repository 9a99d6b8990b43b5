"""Security: what may be an attack, what leaves the house, and who did what."""

from analytics.annotations import annotations_in
from analytics.operations.security.counts import security_by_kind, security_over_time
from analytics.operations.security.exports import exports_by_day
from analytics.operations.security.metrics import ATTEMPTS
from ui import words_security
from ui.filters import current_filters
from ui.frame import ask, enter, fetch_all
from ui.security import draw_attempts, draw_exports, draw_log
from ui.tiles import figures

enter("operations")
filters = current_filters().of_anybody()
kinds, attempts, exports, marks = fetch_all(
    ask(security_by_kind, filters),
    ask(security_over_time, filters, ATTEMPTS),
    ask(exports_by_day, filters),
    ask(annotations_in, filters),
)
figures(words_security.tiles(kinds))
draw_attempts(kinds, attempts, marks, filters)
draw_exports(kinds, exports, marks, filters)
draw_log(filters)
