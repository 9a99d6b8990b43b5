"""What runs bring in against what they cost, under named assumptions, from low to high.

Benefit / cost and (benefit - cost) / cost are two numbers, and are never called the same.
"""

import math
from dataclasses import dataclass

from analytics.community.assumptions import Assumed

MINUTES = 60  # of an hour
MONTH = 30  # days: prices are by the month, and a range takes its share of one


@dataclass(frozen=True, slots=True)
class Return:
    """One case of a return, in $.

    `hours` are whole, and `value` is theirs alone: minutes that don't make an hour are not paid.
    `benefit_per_cost` is value / cost and `roi` is (value - cost) / cost; None where nothing was
    paid.
    """

    hours: int
    value: float
    cost: float

    @property
    def benefit_per_cost(self) -> float | None:
        """How many times the cost comes back."""
        return self.value / self.cost if self.cost else None

    @property
    def roi(self) -> float | None:
        """How many times the cost is gained on top of it."""
        return (self.value - self.cost) / self.cost if self.cost else None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A return in three cases: low has the lowest benefit and the highest prices."""

    low: Return
    likely: Return
    high: Return


@dataclass(frozen=True, slots=True)
class Savings:
    """What a subscription costs against the same credits in packs, in $; `share` is of the packs.

    `saved` is below 0 where packs had been cheaper, `share` None where they had cost nothing.
    """

    packs: float
    plan: float

    @property
    def saved(self) -> float:
        """What was not spent."""
        return self.packs - self.plan

    @property
    def share(self) -> float | None:
        """How much of the price of packs was not spent."""
        return self.saved / self.packs if self.packs else None


def organisation_return(runs: int, active: int, days: int, assumed: Assumed) -> Estimate:
    """The return of an organisation whose `active` members made these runs in `days` days."""
    prices = [
        plan + seat * active
        for plan, seat in zip(assumed["plan_price"], assumed["seat_price"], strict=True)
    ]
    return _estimate(runs, [price * months(days) for price in prices], assumed)


def person_return(runs: int, days: int, assumed: Assumed) -> Estimate:
    """The return of a person's own subscription, of their runs in `days` days."""
    prices = [price * months(days) for price in assumed["person_plan_price"]]
    return _estimate(runs, prices, assumed)


def hours_saved(runs: int, minutes: float) -> float:
    """The hours that runs saved, at so many minutes each."""
    return runs * minutes / MINUTES


def savings(credits: int, days: int, assumed: Assumed) -> Savings:
    """What the credits of `days` days had cost in packs, against the subscription.

    Of each month some credits are free, with or without a subscription.
    """
    paid = max(credits - assumed["free_credits"].likely * months(days), 0.0)
    packs = paid * assumed["pack_credit_price"].likely
    return Savings(packs, assumed["person_plan_price"].likely * months(days))


def months(days: int) -> float:
    """How many months of 30 days a range is."""
    return days / MONTH


def _estimate(runs: int, costs: list[float], assumed: Assumed) -> Estimate:
    """The cases of these costs from low to high: the highest cost belongs to the lowest return."""
    minutes, rates = assumed["minutes_saved_per_run"], assumed["hourly_rate"]
    cases = zip(minutes, rates, reversed(costs), strict=True)
    return Estimate(*(_return(runs, *case) for case in cases))


def _return(runs: int, minutes: float, rate: float, cost: float) -> Return:
    hours = math.floor(hours_saved(runs, minutes))
    return Return(hours, hours * rate, cost)
