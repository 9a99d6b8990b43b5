"""What a return is reckoned with: every number that no run tells, by name and with its span."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

CASES = ("low", "likely", "high")


class Range(NamedTuple):
    """An assumption from its lowest to its highest; prices that are known have one value."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that is assumed: its name, its unit, what it means, and what it usually is."""

    key: str
    label: str
    unit: str
    definition: str
    usual: Range


def _price(value: float) -> Range:
    return Range(value, value, value)


ALL = (
    Assumption(
        "minutes_saved_per_run",
        "Minutes saved a run",
        "min",
        "How long somebody would take for what a run does, less what they still do about it.",
        Range(2.0, 3.0, 4.0),
    ),
    Assumption(
        "hourly_rate",
        "Hourly rate",
        "$ an hour",
        "What an hour of somebody's work costs, with all that is paid on top of the wage.",
        Range(45.0, 60.0, 75.0),
    ),
    Assumption(
        "plan_price",
        "Plan",
        "$ a month",
        "What the organisation's plan costs, whoever uses it.",
        _price(99.0),
    ),
    Assumption(
        "seat_price",
        "Active seat",
        "$ a month",
        "What is paid for each member who is active.",
        _price(2.0),
    ),
    Assumption(
        "credit_price",
        "Credit",
        "$",
        "What a credit is worth where the cost of teams is told; it is part of the plan.",
        _price(0.02),
    ),
    Assumption(
        "person_plan_price",
        "Subscription",
        "$ a month",
        "What a person's own subscription costs.",
        _price(5.0),
    ),
    Assumption(
        "pack_credit_price",
        "Credit in a pack",
        "$",
        "What a credit costs that is bought in packs, without a subscription.",
        _price(0.05),
    ),
    Assumption(
        "free_credits",
        "Free credits",
        "credits a month",
        "How many credits cost nothing, also without a subscription.",
        _price(100.0),
    ),
)
ASSUMPTIONS = {each.key: each for each in ALL}
TIME = ("minutes_saved_per_run", "hourly_rate")
OF_ORGANISATION = (*TIME, "plan_price", "seat_price", "credit_price")
OF_PERSON = (*TIME, "person_plan_price", "pack_credit_price", "free_credits")

Assumed = Mapping[str, Range]


def assumed(stored: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Range]:
    """The assumptions of these keys: as stored, and as usual where nothing readable is.

    Stored is a number, or three of them: {"low": ..., "likely": ..., "high": ...}.
    """
    return {key: _read(stored.get(key)) or ASSUMPTIONS[key].usual for key in keys}


def stored(assumed: Assumed) -> dict[str, dict[str, float]]:
    """The assumptions as an organisation keeps them."""
    return {key: each._asdict() for key, each in assumed.items()}


def _read(value: Any) -> Range | None:
    given = value if isinstance(value, Mapping) else dict.fromkeys(CASES, value)
    try:
        found = Range(*(float(given[case]) for case in CASES))
    except (KeyError, TypeError, ValueError):
        return None
    ordered = 0 <= found.low <= found.likely <= found.high < math.inf
    return found if ordered else None
