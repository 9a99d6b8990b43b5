"""How the overview words ranges, changes, goals and the state of systems."""

from collections.abc import Mapping
from datetime import timedelta

from analytics.business.goals import State, Tracked
from analytics.business.summary import Headline
from analytics.feedback.scores import Score
from analytics.filters import Filters
from analytics.operations.health.system import SystemHealth
from analytics.operations.support.summary import SupportSummary
from analytics.wording import NOTHING, amount, change, exact_share, money

TOO_FEW = 5  # answers, of which no share is told
AT_LEAST, AT_MOST = "\u2265", "\u2264"
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


def of_support(support: SupportSummary) -> str:
    """The share of good ratings of tickets; a dash where too few rated one."""
    return NOTHING if support.rated < TOO_FEW else amount(support.csat, "share")


def goal_wanted(each: Tracked, currency: str) -> str:
    """What a goal asks for, with its direction: "\u2265 85.0%"."""
    bound = AT_MOST if each.figure.metric.direction == "down" else AT_LEAST
    return f"{bound} {goal_value(each, each.goal.value, currency)}"


def goal_value(each: Tracked, value: float | None, currency: str) -> str:
    """A value of a goal's figure in its unit; money in the project's currency."""
    unit = each.figure.metric.unit
    if unit == "cents":
        return money(value, currency)
    if unit == "share" and value is not None and not 0.02 < value < 0.98:
        return f"{value:.2%}"  # here tenths hide on which side of a goal it is
    return amount(value, unit)


def health_figures(health: SystemHealth) -> str:
    """The figures behind the state of systems: "99.98% uptime, p95 338 ms, 0.1% errors, ..."."""
    incidents = f"{health.open_incidents} open" if health.open_incidents else "no"
    uptime = "uptime as last known" if health.is_unwatched else "uptime"
    return (
        f"{exact_share(health.uptime)} {uptime}, p95 {amount(health.p95_ms, 'ms')}, "
        f"{exact_share(health.error_rate)} errors, {incidents} "
        f"{'incident' if health.open_incidents == 1 else 'incidents'}."
    )
