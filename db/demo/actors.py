"""Who uses the demo product: when they join, what they like, and how long they stay."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.demo.kinds import CLI, TABLE, VISITOR, WEB, Codes, quantiles
from db.demo.shape import (
    CAMPAIGN_CHANNEL,
    CAMPAIGN_DAYS,
    CAMPAIGN_SHARE,
    COUNTRY_CODES,
    COUNTRY_WEIGHTS,
    EVENTS_PER_ACTOR_DAY,
    HISTORY,
    LAUNCHED,
    WEEKEND_ACTORS,
    Shape,
)

Flags = NDArray[np.bool_]
Days = NDArray[np.int32]

SIGN_UP = 0.62  # of visitors
TEMPLATE = 0.45  # of those who signed up, on their first day
AGREES = 0.68  # of those who sign up: to be asked for feedback
ADOPTS = 0.25  # of those who signed up: use the feature of adopters on their first day
UPGRADE = {"stays": 0.24, "fades": 0.06}  # of those who used a template, within UPGRADE_DAYS
UPGRADE_DAYS = 6  # never on the days 7, 14, ... by which retention is measured
STAYS = {"adopts": 0.60, "other": 0.25}  # of those who signed up

# A person is active on a day with START * exp(-age / FADE), on a weekend times WEEKEND_ACTORS.
LOOKS, FADES, RETURNS = range(3)
START = np.array([0.10, 0.45, 0.60])
FADE = np.array([5.0, 10.0, 150.0])  # days

PLANS = ("free", "pro", "team")
PLAN_WEIGHTS = (0.62, 0.29, 0.09)  # of people who joined before the range
CHANNELS = ("direct", "organic", "referral", "paid_search", "newsletter")
CHANNEL_WEIGHTS = (0.34, 0.28, 0.14, 0.14, 0.10)
PLATFORM_WEIGHTS = (0.42, 0.17, 0.17, 0.13, 0.11)
UPDATE_LAG = np.array([0.8, 4.0, 5.0, 9.0, 12.0])  # mean days from a release, by platform
HABITS = 6  # kinds that a person uses again and again
NEVER = np.int32(10**6)


@dataclass(frozen=True, slots=True)
class Actors:
    """One entry a person in every array; days are counted from the first of the range."""

    key: NDArray[np.int64]
    joined: Days
    manner: NDArray[np.int8]  # LOOKS, FADES or RETURNS
    country: NDArray[np.int8]
    platform: NDArray[np.int8]
    channel: NDArray[np.int8]
    adopts: Flags
    templates: Flags
    upgrade_day: Days
    plan_before: NDArray[np.int8]
    plan_after: NDArray[np.int8]
    update_lag: NDArray[np.float64]  # days
    vigour: NDArray[np.float64]  # sessions against the average
    habits: Codes  # (people, HABITS)
    feedback: Flags  # whether they may be asked for ratings

    def signs_up(self) -> Flags:
        """Who signs up in the range."""
        joins: Flags = (self.manner != LOOKS) & (self.joined >= 0)
        return joins

    def chance(self, day: int, weekend: bool) -> NDArray[np.float64]:
        """The probability of each person to be active on a day; 1 on the day of joining."""
        age = (day - self.joined).astype(np.float64)
        fading: NDArray[np.float64] = np.exp(-np.maximum(age, 0) / FADE[self.manner])
        chance: NDArray[np.float64] = START[self.manner] * fading
        chance *= WEEKEND_ACTORS if weekend else 1.0
        chance[age < 0] = 0.0
        chance[(age == 0) | (self.upgrade_day == day)] = 1.0
        return chance


def retained(age: int, manners: NDArray[np.float64]) -> float:
    """The share active `age` days after a join, both on weekdays, of a mix of manners."""
    return float(manners @ (START * np.exp(-age / FADE)))


def manners_of(adopts: float) -> NDArray[np.float64]:
    """The mix of FADES and RETURNS (LOOKS is 0) of people who signed up, by share of adopters."""
    stays = adopts * STAYS["adopts"] + (1 - adopts) * STAYS["other"]
    return np.array([0.0, 1 - stays, stays])


def manners_of_all() -> NDArray[np.float64]:
    """The mix of manners of everybody who joins."""
    mix: NDArray[np.float64] = SIGN_UP * manners_of(ADOPTS)
    mix[LOOKS] = 1 - SIGN_UP
    return mix


def arrivals(shape: Shape) -> NDArray[np.float64]:
    """How many are expected to join on each day from -HISTORY on.

    The numbers are such that a person of a day has EVENTS_PER_ACTOR_DAY events.
    """
    span = np.arange(-HISTORY, shape.days)
    weekend = np.array([shape.is_weekend(int(day)) for day in span])
    weight = np.array([shape.growth(int(day)) for day in span])
    weight *= np.where(weekend, WEEKEND_ACTORS, 1.0)
    curve = np.array([retained(int(age), manners_of_all()) for age in range(len(span))])
    curve[0] = 0.0
    active = np.convolve(weight, curve)[: len(span)] * np.where(weekend, WEEKEND_ACTORS, 1.0)
    actor_days = float((active + weight)[HISTORY:].sum())
    scale = float(shape.events_by_day.sum()) / EVENTS_PER_ACTOR_DAY / actor_days
    expected: NDArray[np.float64] = weight * scale
    return expected


def population(shape: Shape) -> Actors:
    """Everybody who may appear in the range."""
    rng = np.random.default_rng([shape.seed, 1])
    each_day = rng.poisson(arrivals(shape))
    joined = np.repeat(np.arange(-HISTORY, shape.days, dtype=np.int32), each_day)
    count, old = len(joined), joined < 0
    signed_up = rng.random(count) < SIGN_UP
    adopts = signed_up & (rng.random(count) < ADOPTS)
    manner = _manner(rng, signed_up, adopts)
    templates = signed_up & (rng.random(count) < TEMPLATE)
    upgrade_day = _upgrade_days(rng, joined, manner, templates & ~old)
    platform = _platforms(rng, manner)
    return Actors(
        key=rng.integers(-(2**63), 2**63 - 1, count),
        joined=joined,
        manner=manner,
        country=_countries(rng, joined, shape),
        platform=platform,
        channel=_channels(rng, joined, shape),
        adopts=adopts,
        templates=templates,
        upgrade_day=upgrade_day,
        plan_before=np.where(old, _pick(rng, PLAN_WEIGHTS, count), 0).astype(np.int8),
        plan_after=(1 + _pick(rng, (0.75, 0.25), count)).astype(np.int8),
        update_lag=rng.exponential(UPDATE_LAG[platform]),
        vigour=rng.lognormal(-0.18, 0.6, count),
        habits=_habits(rng, platform, manner),
        feedback=old | (rng.random(count) < AGREES),
    )


def _pick(
    rng: np.random.Generator, weights: tuple[float, ...] | NDArray[np.float64], count: int
) -> NDArray[np.int8]:
    table = quantiles(np.asarray(weights, np.float64)).astype(np.int8)
    return table[rng.integers(0, len(table), count)]


def _manner(rng: np.random.Generator, signed_up: Flags, adopts: Flags) -> NDArray[np.int8]:
    chance = np.where(adopts, STAYS["adopts"], STAYS["other"])
    stays = rng.random(len(chance)) < chance
    return np.where(signed_up, np.where(stays, RETURNS, FADES), LOOKS).astype(np.int8)


def _upgrade_days(
    rng: np.random.Generator, joined: Days, manner: NDArray[np.int8], candidates: Flags
) -> Days:
    chance = np.where(manner == RETURNS, UPGRADE["stays"], UPGRADE["fades"])
    upgrades = candidates & (rng.random(len(joined)) < chance)
    day = joined + rng.integers(1, UPGRADE_DAYS + 1, len(joined), dtype=np.int32)
    return np.where(upgrades, day, NEVER).astype(np.int32)


def _countries(rng: np.random.Generator, joined: Days, shape: Shape) -> NDArray[np.int8]:
    before = np.where(np.array(COUNTRY_CODES) == LAUNCHED, 0.0, COUNTRY_WEIGHTS)
    early = _pick(rng, before, len(joined))
    late = _pick(rng, COUNTRY_WEIGHTS, len(joined))
    return np.where(joined < shape.launch_day, early, late).astype(np.int8)


def _channels(rng: np.random.Generator, joined: Days, shape: Shape) -> NDArray[np.int8]:
    during = np.where(np.array(CHANNELS) == CAMPAIGN_CHANNEL, 0.0, CHANNEL_WEIGHTS)
    during *= (1 - CAMPAIGN_SHARE) / during.sum()
    during[CHANNELS.index(CAMPAIGN_CHANNEL)] = CAMPAIGN_SHARE
    since = joined - shape.campaign_day
    usual, led = _pick(rng, CHANNEL_WEIGHTS, len(joined)), _pick(rng, during, len(joined))
    return np.where((since >= 0) & (since < CAMPAIGN_DAYS), led, usual).astype(np.int8)


def _platforms(rng: np.random.Generator, manner: NDArray[np.int8]) -> NDArray[np.int8]:
    """Who only looks around does so in a browser or an app."""
    platform = _pick(rng, PLATFORM_WEIGHTS, len(manner))
    return np.where((manner == LOOKS) & (platform >= CLI), WEB, platform).astype(np.int8)


def _habits(
    rng: np.random.Generator, platform: NDArray[np.int8], manner: NDArray[np.int8]
) -> Codes:
    row = np.where(manner == LOOKS, VISITOR, platform)
    return TABLE[row[:, None], rng.integers(0, TABLE.shape[1], (len(row), HABITS))]
