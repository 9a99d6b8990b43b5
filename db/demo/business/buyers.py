"""Who buys the demo product: people that its events know, and others that they don't."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from db.demo.actors import CHANNEL_WEIGHTS, CHANNELS, PLANS, Actors
from db.demo.business import rates
from db.demo.business.lives import Life, life, lost_trial, terms_at
from db.demo.business.rates import PRO, TEAM
from db.demo.shape import COUNTRY_CODES, COUNTRY_WEIGHTS, INCIDENT_HOURS, Shape

DAY = 86_400
LATEST = -0.02  # days from now: what happens today has happened already


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer: days are counted from now; `actor_key` where the events know them."""

    signed_up: float
    country: str
    channel: str
    life: Life
    actor_key: int | None = None

    @property
    def currency(self) -> str:
        """What they pay in."""
        return rates.CURRENCIES[self.country in rates.SECOND_CURRENCY]


def buyers(shape: Shape, people: Actors) -> Iterator[Buyer]:
    """Everybody who paid or tried in the last MONTHS, the same for the same shape and people."""
    rng = np.random.default_rng([shape.seed, 61])
    known = [*_linked(rng, shape, people)]
    linked = Counter(_month(buyer.life.changes[0].day) for buyer in known)
    won = [*known, *_unlinked(rng, shape, linked)]
    tried = sum(buyer.life.changes[0].status == "trialing" for buyer in won)
    yield from won
    yield from _lost(rng, shape, people, tried)


def incident(shape: Shape) -> float:
    """When the incident ended, in days from now."""
    return _days(shape, shape.incident_day, INCIDENT_HOURS[1])


def _linked(rng: np.random.Generator, shape: Shape, people: Actors) -> Iterator[Buyer]:
    """Those who upgrade in the range, and of those on a paid plan before it as many as a month has.

    For the others somebody else pays.
    """
    upgraded = np.flatnonzero(people.upgrade_day < shape.days)[: rates.MOST_LINKED]
    for who in upgraded:
        plan = PLANS[people.plan_after[who]]
        yield _known(rng, shape, people, int(who), int(people.upgrade_day[who]), plan)
    seen: Counter[int] = Counter()
    for who in np.flatnonzero(people.plan_before > 0):
        month = _month(_days(shape, int(people.joined[who])))
        seen[month] += 1
        if seen[month] <= _expected(month):
            plan = PLANS[people.plan_before[who]]
            yield _known(rng, shape, people, int(who), int(people.joined[who]), plan)


def _known(
    rng: np.random.Generator, shape: Shape, people: Actors, who: int, day: int, plan: str
) -> Buyer:
    start = min(_days(shape, day) + float(rng.uniform(0.4, 0.8)), LATEST)
    joined = min(_days(shape, int(people.joined[who])) + 0.4, start)
    lived = life(rng, start, terms_at(rng, start, plan), incident(shape))
    return _as_buyer(people, who, joined, lived)


def _unlinked(rng: np.random.Generator, shape: Shape, linked: Counter[int]) -> Iterator[Buyer]:
    """As many in each month as are missing: they let nobody record what they use."""
    for month in reversed(range(rates.MONTHS)):
        for _ in range(rng.poisson(max(_expected(month) - linked[month], 0.0))):
            start = min(-float(rng.uniform(month, month + 1)) * rates.MONTH_DAYS, LATEST)
            plan = TEAM if rng.random() < rates.TEAM_SHARE else PRO
            lived = life(rng, start, terms_at(rng, start, plan), incident(shape))
            yield _stranger(rng, start - float(rng.exponential(6.0)), lived)


def _expected(month: int) -> float:
    """How many customers are won in a month, counted back from now."""
    return rates.LAST_NEW + (rates.FIRST_NEW - rates.LAST_NEW) * month / (rates.MONTHS - 1)


def _month(days: float) -> int:
    """The month of days from now, counted back."""
    return int(-days // rates.MONTH_DAYS)


def _lost(rng: np.random.Generator, shape: Shape, people: Actors, won: int) -> Iterator[Buyer]:
    """Trials that ended without a payment: of those who signed up, and of others before."""
    lost = round(won * (1 - rates.TRIALS_WON) / rates.TRIALS_WON)
    free = np.flatnonzero(people.signs_up() & (people.upgrade_day >= shape.days))
    for number in range(lost):
        if number < min(len(free), lost // 4):
            who = int(free[number])
            start = min(_days(shape, int(people.joined[who])) + 0.5, LATEST)
            yield _as_buyer(people, who, start, lost_trial(start, terms_at(rng, start, PRO)))
            continue
        start = -float(rng.uniform(-LATEST, rates.MONTHS * rates.MONTH_DAYS))
        yield _stranger(rng, start, lost_trial(start, terms_at(rng, start, PRO)))


def _as_buyer(people: Actors, who: int, signed_up: float, lived: Life) -> Buyer:
    country, channel = COUNTRY_CODES[people.country[who]], CHANNELS[people.channel[who]]
    return Buyer(signed_up, country, channel, lived, int(people.key[who]))


def _stranger(rng: np.random.Generator, signed_up: float, lived: Life) -> Buyer:
    weights = COUNTRY_WEIGHTS / COUNTRY_WEIGHTS.sum()
    country = str(rng.choice(COUNTRY_CODES, p=weights))
    return Buyer(signed_up, country, str(rng.choice(CHANNELS, p=CHANNEL_WEIGHTS)), lived)


def _days(shape: Shape, day: int, hour: int = 0) -> float:
    """An hour of a day of the shape, in days from now."""
    return (shape.instant(day, hour) - shape.now).total_seconds() / DAY
