"""Looking at a rule over a stretch of time: its signal is read as far back as the rule reaches."""

from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from analytics.operations.alerts.following import Followed, Looks, State, follow, moments
from analytics.operations.alerts.levels import reach
from analytics.operations.signals.catalogue import find_signal
from analytics.operations.signals.points import MINUTE, moment_of
from analytics.scope import Viewer
from db.alert_rules import Rule

NO_LOOKS = Looks(np.empty(0, int), *(np.empty(0),) * 2, *(np.empty(0, bool),) * 3)


def look_over(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    rule: Rule,
    held: State,
    end: datetime,
    now: datetime,
    zone: str,
) -> Followed:
    """What comes of a rule after the state held and up to `end`; nothing where no look is due.

    Where the days that it has to know of are kept by the hour only, they are looked at so. Raises
    UnknownMetric.
    """
    signal = find_signal(rule.metric)
    due = moments(rule, held.until, end)
    if not len(due):
        return Followed(held, (), NO_LOOKS)
    start = moment_of(due[0]) - reach(rule) * MINUTE
    start -= 2 * signal.stretch(start, now) * MINUTE  # a window may end a stretch before its look
    points = signal.points(conn, viewer, project_id, rule.asked, start, moment_of(due[-1]), now)
    return follow(rule, points, held, end, zone)
