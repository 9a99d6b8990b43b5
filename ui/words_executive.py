"""The executive summary in words: what to worry about first, and how goals do."""

from collections.abc import Sequence

from analytics.business.goals import Tracked
from analytics.business.goals.tracking import MONTH, WEEK
from analytics.business.overview import STATES, TOO_FEW, goal_value, goal_wanted, health_figures
from analytics.business.revenue.standing import Month, Standing
from analytics.feedback.scores import Score
from analytics.operations.health.reasons import verdict
from analytics.operations.health.system import SystemHealth
from analytics.operations.support.summary import SupportSummary
from analytics.wording import amount, change, money
from ui import words
from ui.tiles import Figure

WORRIES = {
    "none": ":material/check_circle:",
    "watch": ":material/visibility:",
    "act": ":material/error:",
    "unknown": ":material/help:",
}
MARKS = {  # before the word for a state: no colour tells it alone
    "reached": "\u25cf",
    "on track": "\u25d0",
    "at risk": "\u25b2",
    "missed": "\u2715",
    "no data": "\u25cb",
}
WINDOWS = {WEEK: "last week", MONTH: "last month"}
NO_GOALS = "There is no goal. Set one on any figure: Looplens tells whether its trend reaches it."
GOALS_HELP = (
    "A goal is at risk where the trend of the last 12 whole weeks (or months) does not reach it "
    "by its day, or within 13 weeks, or loses it again."
)
MONTHLY = "MRR at the end of the last whole month."
LATER = "As of the end of the last whole month, against the month before."


def systems(health: SystemHealth) -> str:
    """The state of systems in one line of Markdown, worry first, with the figures behind it."""
    told = f"**Systems:** {words.plain(verdict(health))}"
    return told if health.worry == "unknown" else f"{told}. {words.plain(health_figures(health))}"


def revenue(standing: Standing) -> dict[str, Figure]:
    """Tiles of the last whole month."""
    last, before, currency = standing.last, standing.before, standing.currency
    rose = f"{change(last.end / last.start - 1)} in {last.month:%B}" if last.start else ""
    return {
        "MRR": Figure(money(last.end, currency), MONTHLY, rose, moves=bool(last.start)),
        "ARR": Figure(money(last.arr, currency), "12 times MRR."),
        "Customers": Figure(
            f"{last.customers_end:,}",
            LATER,
            f"{last.customers_end - last.customers_start:+,} in {last.month:%B}",
            moves=True,
        ),
        "Net revenue retention": Figure(
            amount(last.nrr, "share"),
            "What customers of before pay at the end of the month, of what they paid at its start.",
            _points(last.nrr, before.nrr),
        ),
        "Customer churn": Figure(
            amount(last.logo_churn, "share"),
            "The share of the customers at the start of the month who had left at its end.",
            _points(last.logo_churn, before.logo_churn),
        ),
    }


def bridge_finding(month: Month, currency: str) -> str:
    """What a month did to MRR: "MRR up $1,240 in October, to $31,500"."""
    moved = month.end - month.start
    if not moved:
        return f"MRR stayed at {money(month.end, currency)} in {month.month:%B}"
    way = "up" if moved > 0 else "down"
    told = money(abs(moved), currency)
    return f"MRR {way} {told} in {month.month:%B}, to {money(month.end, currency)}"


def satisfaction(scores: Sequence[Score]) -> dict[str, Figure]:
    """Tiles of scores, with what they rest on."""
    return {score.measure.metric.label: _score(score) for score in scores}


def support(summary: SupportSummary) -> dict[str, Figure]:
    """Tiles of the load on support."""
    return {
        "Tickets opened": Figure(
            f"{summary.opened:,}",
            "Requests for help that were opened in the range.",
            f"{summary.backlog:,} waiting",
        ),
        "First answer": Figure(
            amount(summary.first_response_minutes, "min"),
            "The median time from opening a ticket to its first answer, in the range.",
        ),
        "Support CSAT": _support_csat(summary),
    }


def _support_csat(summary: SupportSummary) -> Figure:
    told = "The share of 4 and 5 among the ratings of tickets."
    if summary.rated < TOO_FEW:
        return Figure(words.NOTHING, told, f"too few ratings ({summary.rated})")
    return Figure(amount(summary.csat, "share"), told, f"{summary.rated:,} ratings")


def besides(others: Sequence[Standing]) -> str:
    """What is earned in other currencies, in a sentence; "" without any."""
    told = [
        f"{money(each.last.end, each.currency)} of "
        f"{words.counted(each.last.customers_end, 'customer')} in {each.currency}"
        + (f" ({change(each.last.end / each.last.start - 1)})" if each.last.start else "")
        for each in others
    ]
    if not told:
        return ""
    return f"Nothing is converted. Besides, MRR is {words.listing(told)}."


def goals_finding(goals: Sequence[Tracked]) -> str:
    """How many goals are in danger: "2 of 7 goals are at risk"."""
    judged = [each for each in goals if each.tracking.state != "no data"]
    risky = sum(each.tracking.state in ("at risk", "missed") for each in judged)
    if not judged:
        return "Goals wait for data"
    if not risky:
        return f"{words.counted(len(judged), 'goal')} reached or on track, none at risk"
    of = f"{risky} of {words.counted(len(judged), 'goal')}"
    return f"{of} {'is' if risky == 1 else 'are'} at risk"


def goal_row(each: Tracked, currency: str) -> dict[str, object]:
    """A row of the table of goals."""
    tracking, values = each.tracking, [value for value in each.values if value == value]
    return {
        "figure": each.figure.metric.label,
        "state": f"{MARKS[tracking.state]} {STATES[tracking.state]}",
        "now": goal_value(each, tracking.current, currency),
        "window": WINDOWS.get(each.figure.days, ""),
        "goal": goal_wanted(each, currency),
        "projected": goal_value(each, tracking.projected, currency),
        "due": f"{each.goal.due:%-d %b %Y}" if each.goal.due else "always",
        "values": values,
        "course": words.course(
            each.figure.metric.label, values, lambda value: goal_value(each, value, currency)
        ),
    }


def _score(score: Score) -> Figure:
    metric = score.measure.metric
    if score.value is None or score.n < TOO_FEW:
        return Figure(words.NOTHING, metric.definition, f"too few answers ({score.n})")
    told = f"{score.value:+.0f}" if metric.key == "nps" else amount(score.value, metric.unit)
    few = f"{score.n:,} answers, \u00b1{_margin(score)}" if score.margin is not None else ""
    return Figure(told, metric.definition, few)


def _margin(score: Score) -> str:
    margin = score.margin or 0.0
    return f"{margin:.0f}" if score.measure.key == "nps" else amount(margin, "share")


def _points(now: float | None, before: float | None) -> str:
    """A share against that of the month before, in percentage points."""
    if now is None or before is None:
        return ""
    return f"{100 * (now - before):+.1f} points"
