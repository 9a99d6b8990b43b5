"""Store what the demo product earns, and what was spent to sell it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, delete

from db.access import Project
from db.demo.actors import Actors
from db.demo.business import rates
from db.demo.business.buyers import Buyer, buyers
from db.demo.shape import Shape
from db.revenue import (
    Customer,
    Payment,
    Spend,
    SubscriptionChange,
    record_changes,
    record_customers,
    record_payments,
    record_spend,
)
from db.tables import (
    billed_prices,
    customer_failures,
    customer_movements,
    customer_payments,
    customer_plans,
    customer_trials,
    customer_unpriced,
    customers,
    mrr_cohorts,
    mrr_months,
    payment_months,
    payments,
    plan_months,
    spend,
    subscription_changes,
)

KEPT = (
    *(customers, subscription_changes, payments, spend),
    *(customer_movements, customer_plans, customer_payments, customer_failures, customer_trials),
    *(mrr_months, mrr_cohorts, plan_months, payment_months, customer_unpriced, billed_prices),
)
NOISE = 0.15  # of a day's spend, standard deviation of the logarithm


def keep_business(conn: Connection, project: Project, shape: Shape, people: Actors) -> int:
    """Store the customers with all they did, and the spend; how many changes.

    They replace what an earlier fill stored, and are not counted yet.
    """
    for table in KEPT:
        conn.execute(delete(table).where(table.c.project_id == project.id))
    made = [*buyers(shape, people)]
    rng = np.random.default_rng([shape.seed, 67])
    keys = rng.integers(-(2**62), 2**62, (len(made), 2)).tolist()
    owners = [*zip(keys, made, strict=True)]
    changes = [change for key, each in owners for change in _changes(rng, shape, key, each)]
    paid = [payment for key, each in owners for payment in _payments(rng, shape, key, each)]
    record_customers(conn, project.id, [_customer(shape, key[0], each) for key, each in owners])
    record_changes(conn, project.id, changes, shape.now)
    record_payments(conn, project.id, paid, shape.now)
    record_spend(conn, project.id, [*spent(shape, made)])
    return len(changes)


def _customer(shape: Shape, key: int, buyer: Buyer) -> Customer:
    joined = _instant(shape, buyer.signed_up)
    return Customer(key, buyer.actor_key, buyer.country, buyer.channel, joined)


def _changes(
    rng: np.random.Generator, shape: Shape, key: list[int], buyer: Buyer
) -> Iterator[SubscriptionChange]:
    for change in sorted(buyer.life.changes, key=lambda change: change.day):
        yield SubscriptionChange(
            customer_key=key[0],
            subscription_key=key[1],
            change_id=_uuid(rng),
            occurred_at=_instant(shape, change.day),
            status=change.status,
            plan=change.terms.plan,
            currency=buyer.currency,
            amount=change.terms.amount,
            interval="year" if change.terms.yearly else "month",
        )


def _payments(
    rng: np.random.Generator, shape: Shape, key: list[int], buyer: Buyer
) -> Iterator[Payment]:
    for paid in buyer.life.payments:
        yield Payment(
            customer_key=key[0],
            payment_id=_uuid(rng),
            occurred_at=_instant(shape, paid.day),
            kind=paid.kind,
            status="failed" if paid.reason else "succeeded",
            currency=buyer.currency,
            amount=paid.amount,
            invoice_key=key[1] + paid.invoice,
            reason=paid.reason,
        )


def spent(shape: Shape, made: Sequence[Buyer]) -> Iterator[Spend]:
    """What it cost to win those who came, shared out over the days of the months they came in."""
    rng = np.random.default_rng([shape.seed, 68])
    won: Counter[tuple[int, str, str]] = Counter()
    for buyer in made:
        if buyer.life.payments and buyer.channel in rates.COST:
            month = int(-buyer.life.payments[0].day // rates.MONTH_DAYS)
            won[month, buyer.channel, buyer.currency] += 1
    days: Counter[tuple[date, str, str]] = Counter()
    for (month, channel, currency), count in won.items():
        ago = range(round(month * rates.MONTH_DAYS), round((month + 1) * rates.MONTH_DAYS))
        for day in ago:
            cents = count * rates.COST[channel] / len(ago) * rng.lognormal(0.0, NOISE)
            days[shape.date_of(shape.days - 1 - day), channel, currency] += round(cents)
    for (at, channel, currency), amount in sorted(days.items()):
        yield Spend(at, channel, currency, amount)


def _instant(shape: Shape, days: float) -> datetime:
    return shape.now + timedelta(days=days)


def _uuid(rng: np.random.Generator) -> UUID:
    return UUID(bytes=rng.bytes(16), version=4)
