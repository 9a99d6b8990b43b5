"""What was written down of an experiment, in words: metrics, variants, plan, and for whom it is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analytics.experiments.definition import InDimension, InSegment, Measure, Metric
from db.experiments.kept import Variant
from db.tables import BUCKETS

DID: Mapping[str, str] = {
    "did": "the share who did {what}",
    "events": "how often {what} happened, a person",
    "failures": "how often {what} failed, a person",
    "value": "the value of {what}, a person",
    "duration": "the time that {what} took, a person",
    "timed": "how many of {what} were timed, a person",
    "slow": "how many of {what} took longer than {threshold:,.0f} ms, a person",
    "sessions": "sessions with {what}, a person",
    "days": "active days with {what}, a person",
    "back": "the share who came back {when} with {what}",
    "funnel": "the share who went through the funnel {steps}",
    "score": "the sum of scores of {feedback}, a person",
    "answers": "answers to {feedback}, a person",
    "promoters": "promoters less detractors of {feedback}",
    "satisfied": "satisfied answers to {feedback}, a person",
    "helpful": "answers that it was helpful, a person",
    "judged": "answers whether it was helpful, a person",
    "sentiment": "positive less negative comments, a person",
    "scored": "comments with a mood, a person",
    "said": "feedback of any kind, a person",
}


def measured(metric: Metric) -> str:
    """What a metric is, in words: "the share who did sign_up, within 7 days"."""
    told = _of(metric.measure)
    if metric.over is not None:
        told = f"{told}, over {_of(metric.over)}"
    capped = f", at most {metric.cap:,.6g} a person" if metric.cap else ""
    borne = f", {metric.margin:.0%} worse is borne" if metric.role == "guardrail" else ""
    days = "a day" if metric.window_days == 1 else f"{metric.window_days} days"
    return f"{told}, within {days} of the first exposure{capped}{borne}"


def planned(plan: Mapping[str, Any]) -> str:
    """What was planned: "20,000 people in about 14 days, to find 5% with a power of 80%"."""
    told = f"Planned: {plan['units']:,} people"
    if "days" in plan:
        told += f" in about {plan['days']} days"
    if "effect" in plan:
        told += f", to find a change of {plan['effect'] * 100:.3g}%"
    return f"{told} with a power of {plan['power'] * 100:.3g}%" if "power" in plan else told


def variants(given: Iterable[Variant], control: str) -> str:
    """The variants with their weights: "control 50% (control), B 50%"."""
    return ", ".join(
        f"{each.key} {share_of(each.weight)}{' (control)' if each.key == control else ''}"
        for each in given
    )


def share_of(buckets: int) -> str:
    """A number of buckets as a share: "50%", "12.5%"."""
    return f"{buckets / BUCKETS * 100:.4g}%"


def audience(conditions: Sequence[InDimension | InSegment], names: Mapping[int, str]) -> str:
    """For whom it is; `names` are those of the project's segments."""
    return "; ".join(_condition(each, names) for each in conditions) or "everybody"


def _of(measure: Measure) -> str:
    event = measure.event or "anything"
    what = f"{event} of {measure.subject}" if measure.subject else event
    when = f"on day {measure.day}{' or later' * measure.after}"
    steps = " \u2192 ".join(step.name for step in measure.steps.steps) if measure.funnel else ""
    return DID[measure.of].format(
        what=what,
        threshold=measure.threshold,
        when=when,
        steps=steps,
        feedback=measure.feedback,
    )


def _condition(condition: InDimension | InSegment, names: Mapping[int, str]) -> str:
    if isinstance(condition, InSegment):
        name = names.get(condition.segment, "a segment that is gone")
        return f"{'not ' * condition.negated}in the segment {name}"
    values = ", ".join(value or "(not set)" for value in condition.values)
    return f"{condition.dimension} is {'not ' * condition.negated}{values}"
