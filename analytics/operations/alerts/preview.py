"""What a rule would have done: the same evaluation, over the days that were."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, event

from analytics.operations.alerts.following import Looks, State
from analytics.operations.alerts.looking import NO_LOOKS, look_over
from analytics.operations.alerts.spans import Span, spans
from analytics.operations.signals.catalogue import find_signal
from analytics.operations.signals.points import MINUTE
from analytics.operations.signals.signal import DAY
from analytics.scope import Viewer
from analytics.showing import shown
from db.alert_rules import Rule
from db.tables import INSTALLATION

DAYS = 30
MOST_SHOWN = 1_500  # looks in a chart, of which the farthest of each stretch is kept
EPISODES = {
    "started_at": "datetime64[us]",
    "minutes": "float64",
    "level": "float64",
    "worst": "float64",
}
SEEN = {"at": "datetime64[us]", "value": "float64", "level": "float64"}


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done in the days before now.

    `episodes`: started_at (datetime64[us], UTC), minutes (float64, NaN while it goes on), level and
    worst (float64). `seen`: at (datetime64[us], UTC), value (float64: the figure of the window),
    level (float64: what the rule's value is held against). `looks` is how often it would have been
    looked at, `known` how many of these said something, `learning` how many had a figure while it
    was not known yet what is usual. With `by_hour`, minutes are not kept for so long, and windows
    were of whole hours. It looks back over so many `minutes`, for which the metric is kept.
    """

    looks: int
    known: int
    by_hour: bool
    episodes: pd.DataFrame
    seen: pd.DataFrame
    learning: int = 0
    minutes: int = DAYS * DAY


def preview(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    rule: Rule,
    now: datetime,
    zone: str,
    days: int = DAYS,
) -> Preview:
    """What the rule would have done; nothing for who may not ask of its metric.

    Raises UnknownMetric.
    """
    signal = find_signal(rule.metric)
    kept = min(timedelta(days=days), signal.past or timedelta(days=days))
    start = now - kept
    if not _may_ask(viewer, project_id, signal.field):
        return Preview(0, 0, False, _episodes([]), _seen(NO_LOOKS, rule.above), minutes=0)
    followed = look_over(conn, viewer, project_id, rule, State(start), now, now, zone)
    found = spans(followed, was_firing=False, above=rule.above)
    looks = followed.looks
    known = ~np.isnan(looks.level)
    learning = ~known & ~np.isnan(looks.value) if rule.kind == "anomaly" else np.zeros(0, bool)
    return Preview(
        looks=len(looks),
        known=int(known.sum()),
        by_hour=signal.stretch(start, now) > signal.finest_minutes,
        episodes=_episodes(found),
        seen=_seen(looks, rule.above),
        learning=int(learning.sum()),
        minutes=kept // MINUTE,
    )


def preview_sql(
    conn: Connection, viewer: Viewer, project_id: int, rule: Rule, now: datetime, zone: str
) -> str:
    """The statements that a preview reads, one after the other, as they can be pasted into psql."""
    asked: list[str] = []

    def note(_: Connection, statement: object, *__: object) -> None:
        if isinstance(statement, Select):
            asked.append(shown(statement))

    event.listen(conn, "before_execute", note)
    try:
        preview(conn, viewer, project_id, rule, now, zone)
    finally:
        event.remove(conn, "before_execute", note)
    return ";\n\n".join(asked)


def _may_ask(viewer: Viewer, project_id: int, field: str) -> bool:
    if project_id == INSTALLATION:
        return viewer.may("operations")
    return viewer.sees(project_id, field)


def _episodes(found: list[Span]) -> pd.DataFrame:
    rows = [
        (_utc(span.started_at), _minutes(span), span.value, span.worst)
        for span in found
        if span.started_at
    ]
    return pd.DataFrame(rows, columns=list(EPISODES)).astype(EPISODES)


def _minutes(span: Span) -> float | None:
    if span.resolved_at is None or span.started_at is None:
        return None
    return (span.resolved_at - span.started_at) / timedelta(minutes=1)


def _seen(looks: Looks, above: bool) -> pd.DataFrame:
    """The looks; of many the one in each stretch that came nearest to firing."""
    at = looks.at.astype("datetime64[m]").astype("datetime64[us]")
    frame = pd.DataFrame({"at": at, "value": looks.value, "level": looks.level}).astype(SEEN)
    if len(frame) <= MOST_SHOWN:
        return frame
    stretch = pd.Series(range(len(frame))) // -(-len(frame) // MOST_SHOWN)
    level = frame["level"].fillna(-float("inf") if above else float("inf"))
    nearest = level.groupby(stretch).idxmax() if above else level.groupby(stretch).idxmin()
    return frame.loc[nearest].reset_index(drop=True)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment else None
