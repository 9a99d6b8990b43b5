"""One's own usage in words: what it was worth, which model to take, and what may be done with it.

Lines of cards are Markdown: what users named is made plain in them.
"""

from collections.abc import Sequence

import pandas as pd

from analytics.community.assumptions import Assumed
from analytics.community.person import PackageUse, Usage
from analytics.community.roi import Estimate, Savings
from ui import words
from ui.words import plain
from ui.words_returns import dollars, hours, spanned, times

UNKNOWN = (
    "No project knows yet which of its people you are. Whoever runs the server tells it, with the "
    "id that your programs send:"
)
LINKING = "python -m db link you@example.org my-project your-id"
NO_RUN = "You ran no package in these days. What you run appears here within seconds."
GLANCE = (
    "Hours are runs times the minutes that a run saves. Packs are what your credits would have "
    "cost without a subscription, less the free ones. Every number it is reckoned with is below."
)
PACKAGES = "What you ran most, and the stars that you gave."
CALENDAR = "Your runs by day, over a year and with today, in the calendar of the project."


def glance(
    usage: Usage, estimate: Estimate, savings: Savings, assumed: Assumed, saved: float
) -> list[str]:
    """The month at a glance, a line each; `saved` hours are of the likely case."""
    many = f"**{usage.runs:,}** {'run' if usage.runs == 1 else 'runs'}"
    minutes = spanned("minutes_saved_per_run", assumed["minutes_saved_per_run"])
    likely = estimate.likely
    worth = (
        f"{_strong(dollars(likely.value))} of time for {_strong(dollars(likely.cost))}: "
        f"benefit / cost {_strong(times(likely.benefit_per_cost))}, "
        f"ROI {_strong(times(likely.roi))}"
    )
    low, high = estimate.low, estimate.high
    span = f"From {dollars(low.value)} to {dollars(high.value)} of time"
    return [
        f"{many} with **{usage.credits:,}** credits in {words.counted(usage.days, 'day')}",
        f"{_strong(hours(saved))} saved ({plain(minutes)})",
        worth,
        f"{plain(span)} with the span of the assumptions",
        _saving(savings),
    ]


def glance_title(savings: Savings, saved: float) -> str:
    """What it came to: "17.1 hours and $14.35 saved"."""
    if savings.saved <= 0:
        return f"{hours(saved).capitalize()} saved"
    return f"{hours(saved)} and {dollars(savings.saved)} saved"


def _saving(savings: Savings) -> str:
    """The subscription against packs: "Subscription $5.00, the same in packs $19.35: ..."."""
    spent = f"Subscription {_strong(dollars(savings.plan))}, the same credits in packs "
    packs = _strong(dollars(savings.packs))
    if savings.saved < 0:
        return f"{spent}{packs}: packs are {_strong(dollars(-savings.saved))} cheaper"
    share = "" if savings.share is None else f", {_strong(f'{savings.share:.1%}')} less"
    return f"{spent}{packs}: {_strong(dollars(savings.saved))} saved{share}"


def packages_finding(packages: Sequence[PackageUse]) -> str:
    """The favourite: "seo-optimizer is your favourite, with 87 runs"."""
    if not packages:
        return "Packages"
    first = packages[0]
    return f"{first.name} is your favourite, with {words.counted(first.runs, 'run')}"


def speed_finding(frame: pd.DataFrame) -> str:
    """Which model takes least, of rows by time: "claude-sonnet takes least: 1.95 s a run"."""
    if frame.empty:
        return "Time of a run"
    name, taken = frame["model"].iloc[0], float(frame["duration_ms"].iloc[0])
    return f"{name} takes least: {words.amount(taken, 'ms')} a run"


def calendar_finding(usage: Usage) -> str:
    """On how many days, and how many in a row: "Active on 143 days of a year, 12 in a row"."""
    active = [each.runs > 0 for each in usage.daily]
    longest = run = 0
    for day in active:
        run = run + 1 if day else 0
        longest = max(longest, run)
    row = f", {longest} in a row at most" if longest > 1 else ""
    return f"Active on {words.counted(sum(active), 'day')} of a year{row}"


def _strong(text: str) -> str:
    return f"**{plain(text)}**"
