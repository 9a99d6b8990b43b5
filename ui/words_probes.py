"""Probes in words: which answer, and which was down most."""

import pandas as pd

from analytics.operations.health.probes import LOOPLENS, named_of
from ui.words import counted, exact_share

PROBES = (
    "What is looked at on a schedule. Up and down are the last result; silent is a probe that "
    "found nothing for three times as long as it should: then nobody knows."
)
UPTIME = (
    "The share of probes that found what they look at as it should be, by period. A dashed outline "
    "is a period in which nothing was probed, which does not count as up."
)
NO_PROBES = (
    "Nothing is looked at yet. Add a probe below, or with `python -m db probe PROJECT NAME --kind "
    "http`, which reads the address from standard input."
)


def probes_finding(probes: pd.DataFrame) -> str:
    """How many of them answer, and how many nobody looks at."""
    looked = probes[probes["state"] != "paused"]
    up = int((looked["state"] == "up").sum())
    told = f"{up} of {counted(len(looked), 'probe')} answer"
    paused = len(probes) - len(looked)
    return told + (f", {paused} more {'is' if paused == 1 else 'are'} paused" if paused else "")


def uptime_finding(trend: pd.DataFrame, probes: pd.DataFrame) -> str:
    """The probe that was down most over thirty days."""
    known = probes.dropna(subset=["uptime_month"])
    if trend.empty or known.empty:
        return "Uptime"
    worst = known.sort_values("uptime_month").iloc[0]
    if worst["uptime_month"] == 1:
        return "Everything has answered all the time in 30 days"
    name = named_of(worst["name"], worst["of"])
    return f"{name} was down most: {exact_share(worst['uptime_month'])} uptime in 30 days"


def whose(of: str) -> str:
    """Of whom a probe is, in words."""
    return LOOPLENS if of == LOOPLENS else "this project"
