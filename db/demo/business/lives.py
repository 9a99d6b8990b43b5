"""The life of one customer: from a trial or the first price to today, drawn month by month."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from db.demo.business import rates
from db.demo.business.rates import PRO, TEAM


@dataclass(frozen=True, slots=True)
class Terms:
    """What is paid for: a plan, how many packs of it, by the month or the year, at which price."""

    plan: str
    packs: int = 1
    yearly: bool = False
    cents: int = 0  # a pack and month

    @property
    def amount(self) -> int:
        """Cents an interval."""
        return self.cents * self.packs * (rates.YEARLY_MONTHS if self.yearly else 1)

    @property
    def days(self) -> float:
        """Of an interval."""
        return 365.0 if self.yearly else rates.MONTH_DAYS


@dataclass(frozen=True, slots=True)
class Change:
    """From `day` on (counted from now, so below 0) the subscription is this."""

    day: float
    status: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Payment:
    """A try to pay an invoice or a refund; `reason` where it failed."""

    day: float
    invoice: int
    amount: int
    reason: str = ""
    kind: str = "payment"


@dataclass(slots=True)
class Life:
    """What became of a customer; the days of all of it are below 0."""

    changes: list[Change] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    invoices: int = 0


def life(rng: np.random.Generator, start: float, terms: Terms, incident: float) -> Life:
    """A customer who first pays, or begins a trial, on a day before now."""
    lived, day = Life(), start
    if rng.random() < rates.TRIED:
        lived.changes.append(Change(day, "trialing", terms))
        day += rates.TRIAL_DAYS
    _pay(rng, lived, day, terms, incident)
    return lived


def lost_trial(start: float, terms: Terms) -> Life:
    """A trial that ends without a payment."""
    end = Change(start + rates.TRIAL_DAYS, "canceled", terms)
    return Life([each for each in (Change(start, "trialing", terms), end) if each.day < 0])


def terms_at(rng: np.random.Generator, start: float, plan: str) -> Terms:
    """What somebody who begins on that day agrees to."""
    cents = rates.CENTS[plan]
    if plan == PRO and start < -rates.PRICE_ROSE * rates.MONTH_DAYS:
        cents = rates.FORMER_PRO
    packs = 1 + int(plan == TEAM) * int(rng.poisson(0.5))
    return Terms(plan, packs, bool(rng.random() < rates.YEARLY_SHARE), cents)


def _pay(rng: np.random.Generator, lived: Life, day: float, terms: Terms, incident: float) -> None:
    """Pay interval by interval until leaving or now; some come back once."""
    back = rng.random() < rates.RETURNS
    while day < 0:
        lived.changes.append(Change(day, "active", terms))
        left, terms = _until_left(rng, lived, day, terms, incident)
        if left >= 0:
            return
        lived.changes.append(Change(left, "canceled", terms))
        if not back:
            return
        back, day = False, left + rng.uniform(*rates.RETURN_DAYS)


def _until_left(
    rng: np.random.Generator, lived: Life, day: float, terms: Terms, incident: float
) -> tuple[float, Terms]:
    """The day on which they leave, 0 for those who are still there, and their last terms."""
    while day < 0:
        lost = _invoice(rng, lived, day, terms)
        if lost is not None:
            return lost, terms
        end = day + terms.days
        gone = _leaves(rng, end, terms, incident)
        if gone is not None:
            return gone, terms
        lived.changes.extend(_changed(rng, day, end, terms))
        day, terms = end, lived.changes[-1].terms
    return 0.0, terms


def _leaves(rng: np.random.Generator, end: float, terms: Terms, incident: float) -> float | None:
    """When they leave, if they do, at the end of what is paid."""
    if terms.yearly:
        return end if end < 0 and rng.random() < rates.NOT_RENEWED else None
    chance = rates.CHURN[terms.plan]
    chance *= rates.DEARER if terms.cents == rates.CENTS[PRO] else 1.0
    chance *= rates.INCIDENT_CHURN if 0 <= end - incident < rates.AFTER_INCIDENT else 1.0
    return end if end < 0 and rng.random() < chance else None


def _changed(rng: np.random.Generator, day: float, end: float, terms: Terms) -> Iterator[Change]:
    """The changes of terms within an interval that lie before now."""
    since = day + rates.TRY_AGAIN[-1] + 1.0  # by then, what was due is paid
    for _ in range(round(terms.days / rates.MONTH_DAYS)):
        wanted = _wanted(rng, terms)
        at = float(rng.uniform(since, end))
        if wanted != terms and at < 0:
            terms, since = wanted, at
            yield Change(at, "active", terms)


def _wanted(rng: np.random.Generator, terms: Terms) -> Terms:
    """What they want next month: mostly the same."""
    chance = rng.random()
    if terms.plan == PRO:
        up = Terms(TEAM, 1, terms.yearly, rates.CENTS[TEAM])
        return up if chance < rates.MOVES_UP else terms
    if chance < rates.GROWS:
        return replace(terms, packs=terms.packs + 1)
    if chance < rates.GROWS + rates.SHRINKS and terms.packs > 1:
        return replace(terms, packs=terms.packs - 1)
    down = Terms(PRO, 1, terms.yearly, rates.CENTS[PRO])
    return down if chance > 1 - rates.MOVES_DOWN else terms


def _invoice(rng: np.random.Generator, lived: Life, day: float, terms: Terms) -> float | None:
    """Pay an interval; the day on which the subscription ends, if no try succeeds until then."""
    lived.invoices += 1
    number, amount = lived.invoices, terms.amount
    if rng.random() >= rates.FAILS:
        _paid(rng, lived, Payment(day, number, amount))
        return None
    reason = str(rng.choice(rates.REASONS))
    lived.payments.append(Payment(day, number, amount, reason))
    lived.changes.append(Change(day, "past_due", terms))
    succeeds = int(rng.integers(0, 3)) if rng.random() < rates.RECOVERED else 3
    for tried, wait in enumerate(rates.TRY_AGAIN):
        at = day + wait
        if at >= 0:
            return None
        if tried == succeeds:
            _paid(rng, lived, Payment(at, number, amount))
            lived.changes.append(Change(at, "active", terms))
            return None
        lived.payments.append(Payment(at, number, amount, reason))
    return day + rates.TRY_AGAIN[-1]


def _paid(rng: np.random.Generator, lived: Life, payment: Payment) -> None:
    lived.payments.append(payment)
    at = payment.day + float(rng.uniform(1, 10))
    if rng.random() < rates.REFUNDED and at < 0:
        lived.payments.append(replace(payment, day=at, kind="refund"))
