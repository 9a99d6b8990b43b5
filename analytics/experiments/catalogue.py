"""Ready-made metrics of experiments: those of the catalogues, read as means over people.

What is counted of a project in a period is told of each person here, in the days after they were
exposed, so that variants can be compared. A percentile is no mean: in its place stands the share of
timed events that are slower than the project's own percentile was before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np
from sqlalchemy import Connection

from analytics.experiments.definition import DEFAULT_WINDOW, Measure, Metric, Of, Role
from analytics.filters import Filters
from analytics.measures.loading import load, values_of
from analytics.metrics import METRICS
from analytics.periods import whole
from analytics.product.funnels.definition import Funnel
from analytics.scope import Viewer

PERCENTILES = {
    "duration_p50": ("slower_than_p50", "one in two"),
    "duration_p95": ("slower_than_p95", "one in twenty"),
}
Kind = Literal["rating", "nps", "csat", "ces"]
ROLE: Role = "secondary"  # until somebody chooses another


@dataclass(frozen=True, slots=True)
class Ready:
    """A metric to choose; what it is of (an event, a window, a role) is changed afterwards.

    `reads` is the key of the metric of the catalogue that it stands for where it is another number.
    """

    label: str
    definition: str
    metric: Metric
    reads: str = ""


def ready_metrics(
    thresholds: Mapping[str, float], funnels: Iterable[tuple[str, Funnel]] = ()
) -> dict[str, Ready]:
    """Every ready-made metric by its key, which is that of the catalogue where it is the same one.

    `thresholds` are as the function of that name gives them: a percentile that has none is left
    out. `funnels` are saved ones with their names.
    """
    of_people = chain(_of_people(), _of_coming_back(), _of_durations(thresholds))
    return dict(chain(of_people, _of_feedback(), _of_funnels(funnels)))


def thresholds(conn: Connection, viewer: Viewer, filters: Filters) -> dict[str, float]:
    """The project's percentiles in ms over the whole range, by the metric's key; none of nothing.

    Raises TooWide like every question on durations.
    """
    period, wanted = whole(filters), [METRICS[key] for key in PERCENTILES]
    measured = load(conn, viewer, filters, [period], wanted)
    return {
        metric.key: float(value)
        for of_all in measured.values()
        for metric in wanted
        if not np.isnan(value := values_of(metric, of_all, [period])[0])
    }


def _of_people() -> Iterator[tuple[str, Ready]]:
    told = "Share of people who did it at least once."
    yield _ready("conversion", "Conversion", told, Measure("did"), unit="share")
    told = "How often it happened, per person."
    yield _ready("events", "Events", told, Measure("events"), unit="events")
    told = "How often it failed, per person."
    yield _ready("failures", "Failures", told, Measure("failures"), unit="events", better="down")
    told = "Failures of all people / events of all people."
    parts = Measure("failures"), Measure("events")
    yield _ready("error_rate", "Error rate", told, *parts, unit="share", better="down")
    told = "The sum of its values, per person: revenue where the value is a price."
    yield _ready("revenue", "Sum of values", told, Measure("value"))
    told = "Different sessions, per person."
    yield _ready("sessions", "Sessions", told, Measure("sessions"), unit="sessions")
    told = "Different active days, per person: stickiness is this out of the days of the window."
    days = Measure("days")
    yield _ready("active_days", "Active days", told, days, unit="days", reads="stickiness")
    told = "Events of all people / their active days: how much an active person does in a day."
    key, label, reads = "events_per_active_day", "Events per active day", "events_per_actor"
    yield _ready(key, label, told, Measure("events"), days, unit="events", reads=reads)


def _of_coming_back() -> Iterator[tuple[str, Ready]]:
    told = (
        "Share of people who were active again in the window: 24 hours after the exposure or later."
    )
    yield _back("active_again", "Active again in the window", told, 1, after=True, reads="actors")
    told = "Share of people who were active on the next day: 24 to 48 hours after the exposure."
    yield _back("back_on_day_1", "Back on day 1", told, 1, reads="new_actors")
    told = "Share of people who were active on day 7: 168 to 192 hours after the exposure."
    yield _back("back_on_day_7", "Back on day 7", told, 7, window=8)
    told = "Share of people who were active in the second week after the exposure."
    key, label = "active_in_week_2", "Active in week 2"
    yield _back(key, label, told, 7, after=True, window=14, reads="wau")
    told = "Share of people who were active in the second four weeks after the exposure."
    key, label = "active_in_month_2", "Active in month 2"
    yield _back(key, label, told, 28, after=True, window=56, reads="mau")


def _of_durations(thresholds: Mapping[str, float]) -> Iterator[tuple[str, Ready]]:
    for percentile, (key, so_far) in PERCENTILES.items():
        slowest = thresholds.get(percentile, 0)
        if slowest > 0:
            label = f"Slower than {slowest:,.0f} ms"
            told = (
                f"Share of timed events that took longer than {slowest:,.0f} ms; it was {so_far}."
            )
            parts = Measure("slow", threshold=slowest), Measure("timed")
            yield _ready(key, label, told, *parts, unit="share", better="down", reads=percentile)


def _of_feedback() -> Iterator[tuple[str, Ready]]:
    told = "Net Promoter Score of the answers given after the exposure."
    yield _ready("nps", "NPS", told, *_said("promoters", "nps"), unit="points")
    told = "Share of 4 and 5 among the survey answers given after the exposure."
    yield _ready("csat", "CSAT", told, *_said("satisfied", "csat"), unit="share")
    told = "Mean of the answers from 1 to 7 given after the exposure."
    yield _ready("ces", "CES", told, *_said("score", "ces"), unit="of 7")
    told = "Share of 4 and 5 among the ratings given after the exposure."
    yield _ready("rating", "Good ratings", told, *_said("satisfied", "rating"), unit="share")
    told = "Share of yes among the answers to whether something was helpful."
    parts = Measure("helpful"), Measure("judged")
    yield _ready("helpful", "Helpful", told, *parts, unit="share")
    told = "Percentage of positive comments less that of negative ones."
    parts = Measure("sentiment"), Measure("scored")
    yield _ready("sentiment", "Net sentiment", told, *parts, unit="points")
    told = "All ratings, answers and comments, per person."
    yield _ready("said", "Feedback", told, Measure("said"), unit="answers")


def _of_funnels(funnels: Iterable[tuple[str, Funnel]]) -> Iterator[tuple[str, Ready]]:
    told = "Share of people who took all its steps after the exposure."
    for number, (name, funnel) in enumerate(funnels, start=1):
        measure = Measure("funnel", funnel=funnel.text)
        yield _ready(f"funnel_{number}", f"Funnel: {name}", told, measure, unit="share")


def _ready(
    key: str,
    label: str,
    definition: str,
    measure: Measure,
    over: Measure | None = None,
    *,
    better: Literal["up", "down"] = "up",
    unit: str = "",
    window: int = DEFAULT_WINDOW,
    reads: str = "",
) -> tuple[str, Ready]:
    metric = Metric(1, ROLE, label, measure, over, better=better, unit=unit, window_days=window)
    return key, Ready(label, definition, metric, reads)


def _back(
    key: str,
    label: str,
    definition: str,
    day: int,
    *,
    after: bool = False,
    window: int = DEFAULT_WINDOW,
    reads: str = "",
) -> tuple[str, Ready]:
    measure = Measure("back", day=day, after=after)
    return _ready(key, label, definition, measure, unit="share", window=window, reads=reads)


def _said(of: Of, kind: Kind) -> tuple[Measure, Measure]:
    return Measure(of, feedback=kind), Measure("answers", feedback=kind)
