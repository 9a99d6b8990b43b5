"""Objectives in words: what is promised, what is left of it, and how fast it goes."""

from collections.abc import Sequence

from analytics.operations.health.burning import Burn
from analytics.operations.health.objectives import Slo, Standing
from analytics.operations.health.system import told_of
from ui.words import NOTHING, amount, counted, duration, exact_share, plain

OBJECTIVES = (
    "What is promised, and what is left of the error budget: 99.9% over 30 days leave 43.2 min. "
    "A burn rate of 1 uses up just the budget; it is too much at 14.4 over 1 h (and still over 5 "
    "min), at 6 over 6 h (30 min), or at 1 over 3 days (6 h)."
)
NO_OBJECTIVES = "Nothing is promised yet. Add an objective below, of a probe or of requests."


def objectives_finding(standings: Sequence[Standing]) -> str:
    """How many promises are kept."""
    known = [each for each in standings if each.budget.used is not None]
    kept = sum(not each.budget.missed for each in known)
    if not known:
        return "Objectives"
    return f"{kept} of {counted(len(known), 'objective')} {'is' if len(known) == 1 else 'are'} kept"


def promise(slo: Slo) -> str:
    """What is promised: "99.9% of probes in 30 days"."""
    what = {"uptime": "of probes", "errors": "of requests without an error"}
    told = what.get(slo.kind, f"of requests within {amount(slo.threshold_ms, 'ms')}")
    return f"{exact_share(slo.objective)} {told} in {counted(slo.days, 'day')}"


def promise_state(standing: Standing) -> str:
    """Whether it is kept: "Kept", "Burning", "Missed", or nothing was counted."""
    if standing.budget.used is None:
        return "Nothing counted"
    if standing.burning:
        return "Burning"
    return "Missed" if standing.budget.missed else "Kept"


def minutes(value: float | None) -> str:
    """What is left of a budget: "21.6 min", "none, 1.4 h too much"."""
    if value is None:
        return NOTHING
    return duration(value * 60) if value >= 0 else f"none, {duration(-value * 60)} too much"


def pace(burning: Burn) -> str:
    """How fast a budget goes, in a clause."""
    return f"the error budget burns {burning.long_rate or 0.0:,.1f} times as fast as it may"


def over(burning: Burn) -> str:
    """What that rests on: "7 of 60 in 1 h were bad"."""
    hours = burning.window.long.total_seconds() / 3600
    return f"{burning.bad:,} of {burning.n:,} in {hours:,.0f} h were bad"


def budget(standing: Standing) -> str:
    """What became of a budget of which half is gone."""
    left = minutes(standing.budget.minutes_left)
    name, gone = plain(told_of(standing)), used(standing)
    if gone > 1:
        return f"{name} is missed: {gone:,.1f} times its error budget is used up"
    return f"{name}: {gone:.0%} of the error budget is used, {left} left"


def used(standing: Standing) -> float:
    """The share of its error budget that is used, 0 where nothing was counted."""
    return standing.budget.used or 0.0
