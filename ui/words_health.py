"""The state of systems in words: the reasons behind it, of which the worst comes first."""

from collections.abc import Sequence

import pandas as pd

from analytics.operations.health.objectives import Standing
from analytics.operations.health.probes import named_of
from analytics.operations.health.system import SystemHealth, told_of
from ui.words import counted, exact_share, listing, plain
from ui.words_objectives import budget, over, pace, used

VERDICT = (
    "Of this project and of Looplens itself, now; the same sentence as on the pages Executive and "
    "Operations. Filters don't apply here."
)


def facts(health: SystemHealth, probes: pd.DataFrame, standings: Sequence[Standing]) -> list[str]:
    """The reasons behind it, a sentence each, fit for Markdown."""
    told = [*_down(probes), *_budgets(standings)]
    silent = _named(probes, "silent")
    if silent:
        told.append(f"No result lately of {listing([plain(name) for name in silent])}")
    if health.firing or health.open_incidents:
        told.append(_alerting(health))
    return told or [_calm(probes, standings)]


def _down(probes: pd.DataFrame) -> list[str]:
    """Why each probe that is down is."""
    down = probes[probes["state"] == "down"]
    rows = zip(_named(probes, "down"), down["reason"], down["checked_at"], strict=True)
    return [
        f"{plain(name)}: {plain(reason)} Last looked at {at:%H:%M} UTC."
        for name, reason, at in rows
    ]


def _budgets(standings: Sequence[Standing]) -> list[str]:
    """The error budgets that burn, and those that are half used."""
    told = [
        f"{plain(told_of(each))}: {pace(burn)}, {over(burn)}"
        for each in standings
        for burn in each.burning[:1]
    ]
    return told + [budget(each) for each in standings if not each.burning and used(each) >= 0.5]


def _alerting(health: SystemHealth) -> str:
    """What fires and is open, and where it is told."""
    parts = (
        (health.open_incidents, counted(health.open_incidents, "incident")),
        (health.firing, counted(health.firing, "alert")),
    )
    return f"Open: {listing([told for number, told in parts if number])}, on the page of alerts"


def _named(probes: pd.DataFrame, state: str) -> list[str]:
    found = probes[probes["state"] == state]
    return [named_of(name, of) for name, of in zip(found["name"], found["of"], strict=True)]


def _calm(probes: pd.DataFrame, standings: Sequence[Standing]) -> str:
    if probes.empty:
        return "Add a probe below: then you hear of it first when something is down"
    lowest = probes["uptime_day"].min()
    told = f"Lowest uptime of 24 hours: {exact_share(lowest)}"
    return f"{told}; no error budget is half used" if standings else told
