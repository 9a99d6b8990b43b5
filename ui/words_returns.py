"""What runs bring in and cost, in words: money, hours, and assumptions with their spans."""

from collections.abc import Mapping

import pandas as pd

from analytics.community.assumptions import ASSUMPTIONS, Assumed, Range
from analytics.community.roi import Estimate, Return
from ui.words import NOTHING

CASES = {"low": "Low", "likely": "Likely", "high": "High"}
ESTIMATE = (
    "Low takes the fewest minutes, the lowest rate and the highest prices; high the other way "
    "round. Hours are whole. Benefit / cost is value / cost. ROI is (value - cost) / cost. "
    "A month is 30 days, and other ranges pay their share of it. Paid seats are those of active "
    "members; where these are rounded down, the most that they may be."
)
SIGN = {"$ a month": " a month", "$ an hour": " an hour", "$": ""}  # of units that are money


def dollars(value: float | None) -> str:
    """An amount: "$16,860", "$193", "$136.94", "$5.00"; a dash for none."""
    if value is None:
        return NOTHING
    sign, size = "-" if round(value, 2) < 0 else "", abs(value)
    whole = size >= 1_000 or (size >= 100 and round(size, 2).is_integer())
    return f"{sign}${size:,.0f}" if whole else f"{sign}${size:,.2f}"


def hours(value: float) -> str:
    """A length of time: "17.1 hours", "281 hours" from a hundred on."""
    return f"{value:,.0f} hours" if value >= 100 else f"{value:,.1f} hours"


def times(value: float | None) -> str:
    """A ratio: "87.4"; a dash for none."""
    return NOTHING if value is None else f"{value:,.1f}"


def spanned(key: str, value: Range) -> str:
    """An assumption with its span: "Minutes saved a run: 3 min, from 2 to 4"."""
    known = ASSUMPTIONS[key]
    said = _with_unit(value.likely, known.unit)
    if value.low == value.high:
        return f"{known.label}: {said}"
    return f"{known.label}: {said}, from {value.low:g} to {value.high:g}"


def told(assumed: Assumed) -> list[str]:
    """Every assumption, a line each."""
    return [spanned(key, value) for key, value in assumed.items()]


def cases(estimate: Estimate) -> pd.DataFrame:
    """The three cases, a row each: case (str), hours (int64), value, cost ($), benefit_per_cost,
    roi (float64, NaN without any cost)."""
    found: Mapping[str, object] = {
        "case": list(CASES.values()),
        "hours": [each.hours for each in _each(estimate)],
        "value": [each.value for each in _each(estimate)],
        "cost": [each.cost for each in _each(estimate)],
        "benefit_per_cost": [each.benefit_per_cost for each in _each(estimate)],
        "roi": [each.roi for each in _each(estimate)],
    }
    return pd.DataFrame(found).astype({"benefit_per_cost": "float64", "roi": "float64"})


def finding(estimate: Estimate) -> str:
    """The likely case: "$16,860 of time for $193: benefit / cost 87.4, ROI 86.4"."""
    likely = estimate.likely
    if likely.roi is None:
        return f"{dollars(likely.value)} of time, for nothing"
    return (
        f"{dollars(likely.value)} of time for {dollars(likely.cost)}: "
        f"benefit / cost {times(likely.benefit_per_cost)}, ROI {times(likely.roi)}"
    )


def _each(estimate: Estimate) -> tuple[Return, ...]:
    return estimate.low, estimate.likely, estimate.high


def _with_unit(value: float, unit: str) -> str:
    if unit in SIGN:
        return f"${value:g}{SIGN[unit]}" if value < 1_000 else f"{dollars(value)}{SIGN[unit]}"
    return f"{value:g} {unit}"
