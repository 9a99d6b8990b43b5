"""What the demo product earns, and how what is planted in it is measured."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from db.demo.actors import population
from db.demo.business import rates
from db.demo.business.buyers import Buyer, buyers, incident
from db.demo.business.keeping import spent
from db.demo.business.lives import Change, Terms
from db.demo.shape import Shape
from tests.db.demo.frames import SHAPE, Where

PAYS = ("active", "past_due")
SEEDS = range(7, 15)  # of as many demos: what is rare needs many customers
SMALL = Shape(200_000, 7, SHAPE.days, SHAPE.now, SHAPE.zone)


@cache
def bought() -> list[Buyer]:
    """The customers of several demos."""
    shapes = [Shape(SMALL.events, seed, SMALL.days, SMALL.now, SMALL.zone) for seed in SEEDS]
    return [each for shape in shapes for each in buyers(shape, population(shape))]


def changes_of(buyer: Buyer) -> list[Change]:
    return sorted(buyer.life.changes, key=lambda change: change.day)


@cache
def months() -> list[tuple[Terms, float, bool]]:
    """Each whole month that was paid for: its terms, its end and whether its customer left."""
    return [month for buyer in bought() for month in _months(buyer)]


def _months(buyer: Buyer) -> Iterator[tuple[Terms, float, bool]]:
    changes = changes_of(buyer)
    ends = [change.day for change in changes if change.status == "canceled"]
    for paid in buyer.life.payments:
        if paid.reason or paid.kind == "refund":
            continue
        begun = [c for c in changes if c.day <= paid.day + 1e-9 and c.status in PAYS]
        terms, end = begun[-1].terms, paid.day + rates.MONTH_DAYS
        if not terms.yearly and end < 0:
            yield terms, end, any(abs(left - end) < 1e-6 for left in ends)


def left(cents: int, *, calm: bool) -> float:
    """The share that leaves of those who pay so much, in calm times or after the incident."""
    after = [
        gone
        for terms, end, gone in months()
        if terms.cents == cents and (0 <= end - incident(SMALL) < rates.AFTER_INCIDENT) is not calm
    ]
    return sum(after) / len(after)


def churn(_: Any, where: Where) -> float:
    cents = {"pro": rates.FORMER_PRO, "team": rates.CENTS["team"]}[where["plan"]]
    return left(cents, calm=True)


def price_rise(_: Any, where: Where) -> float:
    return left(rates.CENTS[where["plan"]], calm=True) / left(rates.FORMER_PRO, calm=True)


def incident_churn(_: Any, where: Where) -> float:
    assert where["from"] == str(SHAPE.date_of(SHAPE.incident_day))
    newer = rates.CENTS["pro"]
    return left(newer, calm=False) / left(newer, calm=True)


def trials_won(_: Any, where: Where) -> float:
    tried = [each for each in bought() if changes_of(each)[0].status == "trialing"]
    over = [each for each in tried if changes_of(each)[0].day + rates.TRIAL_DAYS < 0]
    return sum(bool(each.life.payments) for each in over) / len(over)


@cache
def invoices() -> list[tuple[bool, bool]]:
    """Of those that are settled: whether the first try failed, and whether any succeeded."""
    found = []
    for buyer in bought():
        tries: dict[int, list[Any]] = {}
        for paid in sorted(buyer.life.payments, key=lambda paid: paid.day):
            if paid.kind == "payment":
                tries.setdefault(paid.invoice, []).append(paid)
        settled = [each for each in tries.values() if each[0].day < -max(rates.TRY_AGAIN) - 1]
        found += [(bool(each[0].reason), not all(t.reason for t in each)) for each in settled]
    return found


def payments_failed(_: Any, where: Where) -> float:
    return sum(failed for failed, _ in invoices()) / len(invoices())


def payments_recovered(_: Any, where: Where) -> float:
    failed = [paid for first_failed, paid in invoices() if first_failed]
    return sum(failed) / len(failed)


def cost(_: Any, where: Where) -> float:
    """Dollars spent for each that the channel won; of a channel without spend nothing is told."""
    made = [*buyers(SMALL, population(SMALL))]
    won = Counter(each.channel for each in made if each.life.payments)
    cents = sum(each.amount for each in spent(SMALL, made) if each.channel == where["channel"])
    return cents / 100 / won[where["channel"]]


EARNED_MEASURES = {
    "churn_pro": (churn, 0.10),
    "churn_team": (churn, 0.20),
    "price_rise": (price_rise, 0.15),
    "incident_churn": (incident_churn, 0.20),
    "trials_won": (trials_won, 0.10),
    "payments_failed": (payments_failed, 0.10),
    "payments_recovered": (payments_recovered, 0.10),
    **{f"cost_{channel}": (cost, 0.10) for channel in rates.COST},
}
