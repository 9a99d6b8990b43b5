"""How the overview words ranges, changes, goals and the state of systems."""

from collections.abc import Mapping
from datetime import timedelta

from analytics.business.goals import State, Tracked
from analytics.business.summary import Headline
from analytics.feedback.scores import Score
from analytics.filters import Filters
from analytics.operations.health.reasons import reasons
from analytics.operations.health.system import SystemHealth
from analytics.wording import NOTHING, amount, change, money

TOO_FEW = 5  # answers, of which no share is told
STATES: Mapping[State, str] = {
    "reached": "reached",
    "on track": "on track",
    "at risk": "at risk",
    "missed": "missed",
    "no data": "no data yet",
}


def span(filters: Filters) -> str:
    """The days of a range: "1 March 2026 to 28 March 2026"."""
    last = filters.end - timedelta(days=1)
    return f"{filters.start:%-d %B %Y} to {last:%-d %B %Y}"


def made(filters: Filters) -> str:
    """When it was made, by the project's clock."""
    return f"made on {filters.now.astimezone(filters.tz):%-d %B %Y at %H:%M} ({filters.zone})"


def change_on_month(now: int, before: int) -> str:
    """The change against the month before."""
    if not before:
        return "the first month"
    return f"{change(now / before - 1)} in the month"


def headline_change(figure: Headline, filters: Filters | None = None) -> str:
    """How a figure changed against as many days before."""
    if figure.change is None:
        return NOTHING
    return change(figure.change) + (" on the time before" if filters else "")


def of_score(score: Score) -> tuple[str, str]:
    """A score and what it rests on; a dash where nobody answered."""
    if score.value is None or score.n < TOO_FEW:
        return NOTHING, f"too few answers ({score.n})"
    told = f"{score.value:+.0f}" if score.measure.key == "nps" else amount(score.value, "share")
    return told, f"{score.n:,} answers"


def goal_value(each: Tracked, value: float | None, currency: str) -> str:
    """A value of a goal's figure in its unit; money in the project's currency."""
    unit = each.figure.metric.unit
    if unit == "cents":
        return money(value, currency)
    if unit == "share" and value is not None and not 0.02 < value < 0.98:
        return f"{value:.2%}"  # here tenths hide on which side of a goal it is
    return amount(value, unit)


def health_line(health: SystemHealth) -> str:
    """The state of systems in one line."""
    if health.worry == "unknown":
        return "Nothing is measured yet."
    incidents = f"{health.open_incidents} open" if health.open_incidents else "no"
    uptime = "uptime as last known" if health.is_unwatched else "uptime"
    told = (
        f"{amount(health.uptime, 'share')} {uptime}, p95 {amount(health.p95_ms, 'ms')}, "
        f"{amount(health.error_rate, 'share')} errors, {incidents} "
        f"{'incident' if health.open_incidents == 1 else 'incidents'}."
    )
    return "; ".join([*reasons(health), told])
