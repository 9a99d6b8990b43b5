"""The one evaluation of rules: from points to episodes, for the worker and for previews alike.

It is a pure function of the points and of what was known before, so that looking at one day at once
or minute by minute, with any pauses between, comes to the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.measures.cutting import Values
from analytics.operations.alerts.levels import levels
from analytics.operations.signals.points import MINUTE, Minutes, Points, minute_of, moment_of
from db.alert_rules import Rule

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at a moment; `level` is NaN where nothing can be said, `may_begin` the plan."""

    at: datetime
    value: float
    level: float
    is_bad: bool
    is_well: bool
    may_begin: bool


@dataclass(frozen=True, slots=True)
class State:
    """How far a rule was looked at, and how it stood then."""

    until: datetime
    is_firing: bool = False
    bad_since: datetime | None = None
    good_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """When a rule began to fire, or was well again, at which figure and level."""

    at: datetime
    act: Literal["fired", "resolved"]
    value: float
    level: float


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of looking: the state now, the turns in their order, and every look."""

    state: State
    turns: tuple[Turn, ...]
    looks: tuple[Look, ...]


def follow(rule: Rule, points: Points, state: State, end: datetime, zone: str) -> Followed:
    """Look at a rule at every moment after the state and up to `end` at which it is due."""
    looks = tuple(look_at(rule, points, moments(rule, state.until, end), zone))
    turns = []
    for look in looks:
        state, turn = _step(rule, state, look)
        turns += [turn] if turn else []
    return Followed(state, tuple(turns), looks)


def moments(rule: Rule, after: datetime, end: datetime) -> Minutes:
    """When a rule is looked at in (after, end]: at whole multiples of its pace, whoever looks."""
    pace = rule.every_minutes
    first = minute_of(after) // pace * pace + pace
    return np.arange(first, minute_of(end) + 1, pace, dtype=np.int64)


def look_at(rule: Rule, points: Points, at: Minutes, zone: str) -> Iterator[Look]:
    """What is seen of the windows that end at these moments."""
    seen = levels(rule, points, at)
    bad = _beyond(seen.level, rule.value, rule.above)
    well = ~bad & ~np.isnan(seen.level)
    if rule.recovery is not None:
        well &= _beyond(seen.level, rule.recovery, not rule.above)
    columns = at.tolist(), seen.value.tolist(), seen.level.tolist(), bad.tolist(), well.tolist()
    tz = ZoneInfo(zone)
    for minute, value, level, is_bad, is_well in zip(*columns, strict=True):
        moment = moment_of(minute)
        yield Look(moment, value, level, is_bad, is_well, _is_planned(rule, moment, tz))


def _beyond(level: Values, value: float, above: bool) -> Flags:
    """Whether levels have reached a value; what is unknown has not."""
    return level >= value if above else level <= value


def _is_planned(rule: Rule, moment: datetime, tz: ZoneInfo) -> bool:
    """Whether a rule may begin to fire at this hour of the project's clock."""
    local = (moment - MINUTE).astimezone(tz)  # the window's last minute, not the one after it
    return local.isoweekday() in rule.days and rule.from_hour <= local.hour < rule.to_hour


def _step(rule: Rule, state: State, look: Look) -> tuple[State, Turn | None]:
    here = replace(state, until=look.at)
    return _while_firing(rule, here, look) if state.is_firing else _while_well(rule, here, look)


def _while_well(rule: Rule, state: State, look: Look) -> tuple[State, Turn | None]:
    """It fires when it was bad for the delay, at each look since; what is unknown is not bad.

    A state that is bad since a moment to come has been resolved by somebody: until then, what is
    in the window is what they know of.
    """
    if not (look.is_bad and look.may_begin):
        keep = state.bad_since if state.bad_since and state.bad_since > look.at else None
        return replace(state, bad_since=None if look.is_well else keep), None
    since = state.bad_since or look.at
    if look.at - since < timedelta(minutes=rule.delay_minutes):
        return replace(state, bad_since=since), None
    firing = State(look.at, is_firing=True, bad_since=since)
    return firing, Turn(look.at, "fired", look.value, look.level)


def _while_firing(rule: Rule, state: State, look: Look) -> tuple[State, Turn | None]:
    """It is well again after it was so for a while, at each look; what is unknown is not well."""
    if not look.is_well:
        return replace(state, good_since=None), None
    since = state.good_since or look.at
    if look.at - since < timedelta(minutes=rule.clear_minutes):
        return replace(state, good_since=since), None
    return State(look.at), Turn(look.at, "resolved", look.value, look.level)
