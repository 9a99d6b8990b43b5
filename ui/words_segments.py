"""Segments in words: a definition as the sentence that people would say."""

from datetime import timedelta

from analytics.segments.asking import Size
from analytics.segments.definition import (
    Condition,
    Definition,
    Did,
    Dropped,
    FirstSeen,
    InStage,
    LastDays,
    Span,
    Trait,
)
from ui import words

NOBODY = "This project keeps no ids of people, so that no segment can hold anybody."
DIMENSIONS = {
    "platform": "platform",
    "app_version": "version",
    "country": "country",
    "channel": "channel",
    "plan": "plan",
}
NEGATIONS = {
    "trait": ("had", "did not have"),
    "did": ("did", "did not do"),
    "stage": ("was", "was not"),
    "first seen": ("was first seen", "was not first seen"),
    "dropped": ("stopped", "did not stop"),
}
WHEN = {"used": "at any time", "latest": "on the latest day", "first": "at first sight"}
PERIODS = {
    ("week", 0): "this week so far",
    ("week", 1): "last week",
    ("month", 0): "this month so far",
    ("month", 1): "last month",
}


def sentence(definition: Definition) -> str:
    """All of a definition: "did save at least 3 times in the last 7 days, and is dormant ..."."""
    said = [
        f"{NEGATIONS[rule.condition.kind][rule.negated]} {_said(rule.condition)}"
        for rule in definition.rules
    ]
    return f", {'and' if definition.match == 'all' else 'or'} ".join(said)


def days(span: Span) -> str:
    """A span as people say it: "in the last 7 days", "from 2026-01-01 to 2026-01-31"."""
    if isinstance(span, LastDays):
        return "today" if span.days == 1 else f"in the last {span.days} days"
    return f"from {span.start} to {span.end - timedelta(days=1)}"


def people(number: int) -> str:
    """A number of people: "1 person", "1,234 people"."""
    return words.counted(number, "person", "people")


def share(size: Size) -> str:
    """How much of the activity a segment holds: "12.5% of 39,117 active people"."""
    if size.share is None:
        return "Nobody is active in the range"
    return f"{words.amount(size.share, 'share')} of {size.everybody:,} active people"


def _said(condition: Condition) -> str:
    match condition:
        case Trait():
            return _trait(condition)
        case Did():
            return _did(condition)
        case InStage():
            return f"{condition.stage} {PERIODS[condition.grain, condition.ago]}"
        case FirstSeen():
            return days(condition.within)
        case Dropped():
            return f"{place_in(condition)} {days(condition.within)}"


def place_in(dropped: Dropped) -> str:
    """Where a funnel was left: after which of its steps."""
    return f"after \u201c{dropped.steps[dropped.step - 1]}\u201d of {way(dropped)}"


def way(dropped: Dropped) -> str:
    """The steps of a funnel, with arrows."""
    return " \u2192 ".join(dropped.steps)


def _trait(trait: Trait) -> str:
    values = " or ".join(trait.values) or "\u2026"
    when = days(trait.within) if trait.when == "used" else WHEN[trait.when]
    return f"{DIMENSIONS[trait.dimension]} {values} {when}"


def _did(did: Did) -> str:
    what = did.name or "anything"
    if did.subject is not None:
        what += f" \u201c{did.subject}\u201d"
    once = did.comparison == "at least" and did.times == 1
    often = "" if once else f" {did.comparison} {_times(did.times)}"
    return f"{what}{often} {days(did.within)}"


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number:,} times")
