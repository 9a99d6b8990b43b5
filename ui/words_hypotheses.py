"""Hypotheses in words: what was expected, what became of it, and how sure that is."""

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from analytics.feedback.hypotheses import Change, Outcome, Tried, harm, verdict
from analytics.metrics import METRICS, Metric
from ui import words

Row = Mapping[Hashable, Any]  # of the register, as `to_dict("records")` gives it
BEFORE_AFTER = "before/after, not an experiment"
REGISTER = (
    "What is believed, by how much it should change which metric, and what must not suffer. Once "
    "it is shipped, the metric is measured."
)
METHOD = (
    "Whole days after the release against as many whole days before it, up to four weeks, each "
    "paired with the same weekday; the day of the release is left out. 95% interval of the ratio "
    "of the means (Cochran 1977, ratio estimator; Student's t). Whatever else happened meanwhile "
    "is in it, too."
)
BY_EXPERIMENT = (
    "Measured by an experiment: people got one of its variants by chance, so that what differs is "
    "due to it. 95% interval, as on the page of the experiment."
)
NONE_YET = "No hypothesis was written down yet."
WAITING = "It is measured once it is shipped: whole weeks after against as many before."
WEEK_TO_COME = "A whole week after the release has to be over before anything can be said."
GUARDRAILS = (
    "Measured likewise, of the whole project. Harm is shown where the interval is beyond 0."
)
VERDICTS = {
    "more": "more than hoped",
    "as hoped": "as hoped",
    "less": "less than hoped",
    "none": "no change is shown, and what was hoped for is ruled out",
    "open": "too little is known yet to tell it from no change",
    "against": "it moved the other way",
}
NEEDED = {
    "statement": "what is believed",
    "metric": "which metric should change",
    "expected": "by how much, which is not 0",
}
HARMS = {
    "harmed": "suffered",
    "better": "got better",
    "changed": "changed",
    "none shown": "no harm is shown",
}


def sentence(found: Change, expected: float) -> str:
    """The change against the expectation: "+4.1% (1.0 to 7.3), expected +10%: less than ..."."""
    told = VERDICTS[verdict(found, expected)]
    return f"{interval(found)}, expected {percent(expected)}: {told}; {BEFORE_AFTER}"


def tried(found: Tried, expected: float) -> str:
    """What an experiment showed, as the title of its chart; until then that it is to come."""
    if found.estimate is None or found.change is None:
        return f"Not measured yet, expected {percent(expected)}; by an experiment"
    told = f"{interval(found.change)}, expected {percent(expected)}"
    judged = VERDICTS[verdict(found.change, expected)]
    return f"{found.estimate.metric.label} {told}: {judged}; by an experiment"


def interval(found: Change) -> str:
    """A change with its interval: "+4.1% (1.0 to 7.3)"."""
    return f"{found.change * 100:+.1f}% ({found.low * 100:.1f} to {found.high * 100:.1f})"


def percent(change: float) -> str:
    """An expected change with its sign, as short as it is: "+10%", "-2.5%"."""
    return f"{change * 100:+.3g}%"


def outcome_title(metric: Metric, found: Outcome, expected: float) -> str:
    """What became of the metric, as the title of its chart."""
    if found.change is None:
        return f"{metric.label}: not measured yet, expected {percent(expected)}"
    return f"{metric.label} {sentence(found.change, expected)}"


def guardrail(metric: Metric, found: Outcome) -> str:
    """What became of a guardrail: "Error rate +0.4% (-2.0 to 2.8): no harm is shown"."""
    if found.change is None:
        return f"{metric.label}: not measured yet"
    told = HARMS[harm(found.change, metric.direction)]
    return f"{metric.label} {interval(found.change)}: {told}"


def register_finding(rows: pd.DataFrame) -> str:
    """How many are open, shipped and decided: "3 hypotheses, 1 of them shipped"."""
    if rows.empty:
        return "No hypothesis yet"
    shipped = int(rows["shipped_at"].notna().sum())
    many = words.counted(len(rows), "hypothesis", "hypotheses")
    return f"{many}, {shipped:,} of them shipped"


def missing(said: Mapping[str, Any]) -> str:
    """What a hypothesis still lacks, as a sentence; "" where it lacks nothing."""
    lacks = [each for name, each in NEEDED.items() if not said[name]]
    return f"Say {words.listing(lacks)}." if lacks else ""


def scope(row: Row) -> str:
    """What a hypothesis measures, in words: "Error rate of export"."""
    metric = METRICS[row["metric"]].label if row["metric"] in METRICS else row["metric"]
    of = row["subject"] or row["event"]
    return f"{metric} of \u201c{of}\u201d" if of else metric


def compared(found: Outcome, metric: Metric, day: date) -> str:
    """What is behind a change: "12.4 a day before, 12.9 after, 28 days each around 3 Mar 2026"."""
    if found.change is None:
        return f"{WEEK_TO_COME} It was shipped on {day_of(day)}."
    means = (found.change.before, found.change.after)
    before, after = (words.amount(mean, metric.unit) for mean in means)
    days = f"{found.change.pairs} days each, around {day_of(day)}"
    return f"{before} a day before, {after} after, {days}."


def day_of(day: date) -> str:
    """A day with its year: "3 Mar 2026"."""
    return f"{day.day} {day:%b %Y}"
