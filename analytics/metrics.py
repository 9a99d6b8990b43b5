"""The catalogue of metrics: what each number is called, what it means and which way is up."""

from dataclasses import dataclass
from typing import Literal

from analytics.filters import MAX_DAYS, Filters
from db.errors import UnknownMetric

Source = Literal["counts", "actives", "newcomers", "sessions", "durations"]
DAILY = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Metric:
    """One number with one definition, used by every page, the API, alerts and reports.

    `unit` is people, events, sessions, share (0 to 1, shown as percent), events per person, ms, and
    of feedback points (-100 to 100), of 7 (on a scale that ends there) or answers.
    `direction` says whether more is better. `formula` is the definition in the terms of the data.
    A period without activity is 0 where `counts` is true, else it has no value.
    """

    key: str
    label: str
    unit: str
    definition: str
    formula: str
    direction: Literal["up", "down", "neutral"]
    sources: tuple[Source, ...]
    counts: bool = True
    grains: tuple[str, ...] = ("hour", *DAILY)

    @property
    def adds_up(self) -> bool:
        """Whether parts add up to the whole; a person or session may be in several, and a share is
        of its own part."""
        return self.counts and self.sources[0] in ("counts", "newcomers")

    def told_by(self, filters: Filters) -> tuple[str, ...]:
        """By what it has values; without ids nobody is told from others by hour."""
        by_day = filters.anonymous and "actives" in self.sources
        return DAILY if by_day else self.grains

    def grains_of(self, filters: Filters) -> list[str]:
        """By what of these a range can be cut."""
        return [grain for grain in self.told_by(filters) if filters.days <= MAX_DAYS[grain]]


CATALOGUE = (
    Metric(
        key="actors",
        label="Active users",
        unit="people",
        definition="Different people who did anything in the period; nobody is counted twice.",
        formula="distinct actors of all events",
        direction="up",
        sources=("actives",),
    ),
    Metric(
        key="new_actors",
        label="New users",
        unit="people",
        definition="People whose first event ever lies in the period.",
        formula="actors whose first event is in the period",
        direction="up",
        sources=("newcomers",),
    ),
    Metric(
        key="events",
        label="Events",
        unit="events",
        definition="Everything that was recorded: page views, commands, requests and so on.",
        formula="number of events",
        direction="up",
        sources=("counts",),
    ),
    Metric(
        key="sessions",
        label="Sessions",
        unit="sessions",
        definition="Visits, told apart by the session id that clients send.",
        formula="distinct sessions of all events",
        direction="up",
        sources=("sessions",),
    ),
    Metric(
        key="failures",
        label="Failures",
        unit="events",
        definition="Events that report that what was tried did not work.",
        formula="number of events with ok = false",
        direction="down",
        sources=("counts",),
    ),
    Metric(
        key="error_rate",
        label="Error rate",
        unit="share",
        definition="The share of all events that failed.",
        formula="failures / events",
        direction="down",
        sources=("counts",),
        counts=False,
    ),
    Metric(
        key="stickiness",
        label="Stickiness",
        unit="share",
        definition="How much of a month's audience comes on a given day: daily / monthly actives.",
        formula="distinct actors of the day / distinct actors of the 28 days that end with it",
        direction="up",
        sources=("actives",),
        counts=False,
        grains=DAILY,
    ),
    Metric(
        key="wau",
        label="Weekly active users",
        unit="people",
        definition="Different people active in the seven days that end with the day shown.",
        formula="distinct actors of the trailing 7 days",
        direction="up",
        sources=("actives",),
        grains=DAILY,
    ),
    Metric(
        key="mau",
        label="Monthly active users",
        unit="people",
        definition="Different people active in the 28 days that end with the day shown.",
        formula="distinct actors of the trailing 28 days",
        direction="up",
        sources=("actives",),
        grains=DAILY,
    ),
    Metric(
        key="events_per_actor",
        label="Events per user",
        unit="events per person",
        definition="How much an active person does in the period, on average.",
        formula="events / distinct actors",
        direction="up",
        sources=("counts", "actives"),
        counts=False,
    ),
    Metric(
        key="duration_p50",
        label="Typical duration",
        unit="ms",
        definition="Half of what was timed took no longer than this (median, within 2%).",
        formula="50th percentile of duration_ms",
        direction="down",
        sources=("durations",),
        counts=False,
    ),
    Metric(
        key="duration_p95",
        label="Slow duration",
        unit="ms",
        definition="One in twenty took longer than this (95th percentile, within 2%).",
        formula="95th percentile of duration_ms",
        direction="down",
        sources=("durations",),
        counts=False,
    ),
)

METRICS = {metric.key: metric for metric in CATALOGUE}


def find_metric(key: str) -> Metric:
    """The metric of this name; raises UnknownMetric."""
    if key not in METRICS:
        raise UnknownMetric(f"No metric is called '{key}'; there are {', '.join(METRICS)}.")
    return METRICS[key]
