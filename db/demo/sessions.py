"""The sessions of one day of the demo: who comes, with what, and how many events they leave."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.demo.actors import LOOKS, Actors, Flags
from db.demo.kinds import ANDROID, CLI, VISITOR, WEB
from db.demo.shape import EVENTS_PER_SESSION, Shape, at_local_hour

AWAY = 0.08  # of the sessions of people who use a command line, an API or an app: in a browser
FUNNEL_EVENTS = 5  # a session with a step of the funnel has at least so many


@dataclass(frozen=True, slots=True)
class Sessions:
    """One entry a session in every array; those of an actor lie together, in order."""

    actor: NDArray[np.int64]  # index into Actors
    first: Flags  # the session in which a person joins
    upgrades: Flags  # the session that ends with an upgrade
    platform: NDArray[np.int8]
    table: NDArray[np.int8]  # row of kinds.TABLE
    hour: NDArray[np.float64]  # wanted start on the project's clock
    length: NDArray[np.int64]  # events
    plan: NDArray[np.int8]
    version: NDArray[np.int64]  # index into Shape.versions


def sessions_of(rng: np.random.Generator, shape: Shape, people: Actors, day: int) -> Sessions:
    """The sessions of a day, with as many events together as the day has."""
    present = np.flatnonzero(
        rng.random(len(people.key)) < people.chance(day, shape.is_weekend(day))
    )
    events = int(shape.events_by_day[day])
    actor, ordinal = _visits(rng, people, present, events / EVENTS_PER_SESSION)
    joins = (people.joined[actor] == day) & (ordinal == 0)
    upgrades = (people.upgrade_day[actor] == day) & (ordinal == 0)
    platform = _platforms(rng, people, actor, joins)
    upgraded = (people.upgrade_day[actor] < day) | ((people.upgrade_day[actor] == day) & ~upgrades)
    return Sessions(
        actor=actor,
        first=joins,
        upgrades=upgrades,
        platform=platform,
        table=np.where(people.manner[actor] == LOOKS, VISITOR, platform).astype(np.int8),
        hour=_start_hours(rng, shape, people, actor, day),
        length=_lengths(rng, (joins & people.signs_up()[actor]) | upgrades, events),
        plan=np.where(upgraded, people.plan_after[actor], people.plan_before[actor]),
        version=_versions(shape, people.update_lag[actor], day),
    )


def _visits(
    rng: np.random.Generator, people: Actors, present: NDArray[np.int64], wanted: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The actor of every session, and its number among this actor's of the day."""
    vigour = people.vigour[present]
    extra = max(wanted - len(present), 0.0) / max(float(vigour.sum()), 1.0)
    count = 1 + rng.poisson(vigour * extra)
    actor = np.repeat(present, count)
    return actor, np.arange(len(actor)) - np.repeat(np.cumsum(count) - count, count)


def _platforms(
    rng: np.random.Generator, people: Actors, actor: NDArray[np.int64], joins: Flags
) -> NDArray[np.int8]:
    home = people.platform[actor]
    away = (rng.random(len(actor)) < AWAY) | (joins & (home >= CLI))
    return np.where(away & (people.manner[actor] != LOOKS), WEB, home).astype(np.int8)


def _start_hours(
    rng: np.random.Generator, shape: Shape, people: Actors, actor: NDArray[np.int64], day: int
) -> NDArray[np.float64]:
    """By the clock of each actor's country, in order for each actor."""
    local = at_local_hour(rng.random(len(actor)))
    hour = (local - shape.clock_shift(day)[people.country[actor]]) % 24
    return hour[np.lexsort((hour, actor))]


def _lengths(rng: np.random.Generator, in_funnel: Flags, events: int) -> NDArray[np.int64]:
    """At least one event a session, the rest shared out unevenly."""
    least = np.where(in_funnel, FUNNEL_EVENTS, 1)
    weight = rng.gamma(1.3, size=len(least))
    rest = max(events - int(least.sum()), 0)
    return least + rng.multinomial(rest, weight / weight.sum()) if len(least) else least


def _versions(shape: Shape, lag: NDArray[np.float64], day: int) -> NDArray[np.int64]:
    """The newest release that has reached each actor."""
    newest = np.searchsorted(shape.release_days, day - lag, side="right") - 1
    return np.maximum(newest, 0)


def is_bad(shape: Shape, sessions: Sessions) -> Flags:
    """Where the version that fails more often runs."""
    bad: Flags = (sessions.platform == ANDROID) & (sessions.version == shape.bad_version)
    return bad
