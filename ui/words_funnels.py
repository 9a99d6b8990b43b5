"""Funnels in words: what steps are called and what a funnel tells; nothing here knows Streamlit."""

from typing import Any

import pandas as pd

from analytics.product.funnels.asking import Conversion
from analytics.product.funnels.definition import Condition, Funnel, Step
from ui.words import NOTHING, duration

OPERATORS = {
    "eq": "is",
    "ne": "is not",
    "has": "contains",
    "gt": "greater than",
    "lt": "less than",
    "set": "is set",
}
ORDERS = {
    "ordered": "One after the other, with anything in between.",
    "strict": "One right after the other: the person does nothing else in between.",
    "any": "In whatever order.",
}
ORDER = "ordered: steps one after the other, with anything in between. strict: nothing else that \
the person does lies in between. any: in whatever order."
WINDOW = "The longest time from the first step to the last: minutes (30m), hours (12h) or days."
WITHOUT = "Who does this between the first step and the last is left out, unless they also come \
as far without it."
STEPS = (
    "Everybody counts once, at the furthest step they come to; the first step lies in the range, "
    "the others may come later, within the window. Of all their tries the furthest counts, of "
    "equal ones the last. While the window of it is open they may still come, and are not lost."
)
SERIES = (
    "Of the people who enter in a period, the share that comes to the last step within the window. "
    "Who enters in several periods counts in each."
)
DASHED = "Dashed: windows still open."
TIMES = "From the first step to the last, of those who come to the end."
VALUES = "By the value at the first step; everybody is in one row, so that rows may be added."
ABANDONMENT = "Every step of every saved funnel that you may see, with those who come no further."
NO_IDS = "This project keeps no ids, so that nobody can be followed from one step to the next."
TEACHING = "A funnel needs two different events. As soon as they arrive, it is drawn here."
RAW = "Conditions on properties are read from raw events."


def step_name(step: Step) -> str:
    """A step as people read it: "sign_up · form"."""
    return " \u00b7 ".join(filter(None, [step.name, conditions_told(step)]))


def conditions_told(step: Step) -> str:
    """The conditions of a step: "form · size greater than 10"."""
    return " \u00b7 ".join(_told(condition) for condition in step.conditions)


def step_names(funnel: Funnel) -> list[str]:
    """The steps of a funnel by name, each with its number, which tells equal ones apart."""
    count = len(funnel.steps)
    if funnel.order == "any":
        return [f"{number} of {count}" for number in range(1, count + 1)]
    return [f"{number} {step_name(step)}" for number, step in enumerate(funnel.steps, start=1)]


def finding(steps: pd.DataFrame, funnel: Funnel) -> str:
    """What the funnel tells: "62% come to upgrade; the biggest loss is before sign_up"."""
    if not steps["actors"].iloc[0]:
        return "Nobody takes the first step"
    share = steps["conversion"].iloc[-1]
    so_far = " so far" if steps["maturing"].any() else ""
    told = f"{percent(share)} {_end(funnel)}{so_far}"
    lost = steps["lost"].iloc[:-1]
    if not lost.max():
        return told
    return f"{told}; the biggest loss is {_before(funnel, int(lost.argmax()) + 1)}"


def apart(found: Conversion) -> str:
    """Who is neither lost nor at the end, and what that can still change."""
    steps = found.steps
    maturing, entered = int(steps["maturing"].sum()), int(steps["actors"].iloc[0])
    parts = []
    if maturing:
        most = (int(steps["actors"].iloc[-1]) + maturing) / entered
        parts.append(
            f"{maturing:,} may still come, as their windows are open: up to {percent(most)} in all."
        )
    if found.left_out:
        parts.append(f"{found.left_out:,} left out by what must not happen in between.")
    return " ".join(parts)


def times_finding(found: Conversion) -> str:
    """How long it takes: "Half of them take up to 2 h, on average 5 h"."""
    if found.median_seconds is None or found.mean_seconds is None:
        return "Nobody has come to the end"
    middle, mean = duration(found.median_seconds), duration(found.mean_seconds)
    return f"Half of them take up to {middle}; the average is {mean}"


def values_finding(values: pd.DataFrame, least: int = 30) -> str:
    """The value that converts best, of those with enough people to tell."""
    told = values[values["entered"] >= least]
    if len(told) < 2:
        return "By the value at the first step"
    ranked = told.sort_values("conversion")
    worst, best = ranked.iloc[0], ranked.iloc[-1]
    return (
        f"\u201c{best['value']}\u201d converts best with {percent(best['conversion'])}, "
        f"\u201c{worst['value']}\u201d least with {percent(worst['conversion'])}"
    )


def abandonment_finding(rows: pd.DataFrame) -> str:
    """Where most people are lost: "Most are lost in “Sign-up” before upgrade: 312"."""
    if rows.empty or not rows["lost"].iloc[0]:
        return "Nobody is lost in the saved funnels"
    first = rows.iloc[0]
    return (
        f"Most are lost in \u201c{first['funnel']}\u201d before {first['next_event']}: "
        f"{first['lost']:,}"
    )


def bars(times: pd.DataFrame) -> pd.DataFrame:
    """The frame with `label` (str): what the bars of the histogram are called."""
    ends = zip(times["from_seconds"], times["to_seconds"], strict=True)
    labels = [
        f"under {_exact(end)}" if begin == 0 else f"{_exact(begin)} \u2013 {_exact(end)}"
        for begin, end in ends
    ]
    return times.assign(label=labels)


def timed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its lengths of time in words."""
    told: dict[str, Any] = {
        name: [NOTHING if value != value else duration(value) for value in frame[name]]
        for name in frame.columns
        if str(name).endswith("_seconds")
    }
    return frame.assign(**told)


def named(steps: pd.DataFrame, funnel: Funnel) -> pd.DataFrame:
    """The frame with `label` (str): what each step is called."""
    return steps.assign(label=step_names(funnel))


def series_finding(series: pd.DataFrame, grain: str) -> str:
    """The conversion of the periods whose windows are closed: their range, and the last one."""
    ripe = series[series["complete"] & series["value"].notna()]
    if ripe.empty:
        return f"No {grain} is ripe yet: its windows are open"
    total = ripe["converted"].sum() / ripe["entered"].sum()
    return f"{percent(total)} in the {grain}s whose windows are closed"


def percent(share: float) -> str:
    """62% · 6.2% · 0.3%"""
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"


def _told(condition: Condition) -> str:
    if not condition.of and condition.operator == "eq":
        return condition.value
    value = "" if condition.operator == "set" else f" {condition.value}"
    return f"{condition.of or 'subject'} {OPERATORS[condition.operator]}{value}"


def _end(funnel: Funnel) -> str:
    return "do all of it" if funnel.order == "any" else f"come to {step_name(funnel.steps[-1])}"


def _before(funnel: Funnel, place: int) -> str:
    if funnel.order == "any":
        return f"after {place} of {len(funnel.steps)}"
    return f"before {step_name(funnel.steps[place])}"


def _exact(seconds: float) -> str:
    """A length of time that is a whole number of some unit."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"
