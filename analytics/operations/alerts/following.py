"""The one evaluation of rules: from points to episodes, for the worker and for previews alike.

It is a pure function of the points and of what was known before, so that looking at one day at once
or minute by minute, with any pauses between, comes to the same.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.measures.cutting import Values
from analytics.operations.alerts.levels import levels
from analytics.operations.signals.points import Minutes, Points, minute_of, moment_of
from db.alert_rules import EVERY_DAY, Rule

Flags = NDArray[np.bool_]
Act = Literal["fired", "resolved"]
HOUR = 60  # minutes


@dataclass(frozen=True, slots=True)
class Looks:
    """What was seen, look by look: `at` in minutes since 1970, the figure and the level.

    A level that is NaN is unknown: neither `bad` nor `well`. `may_begin` is where the rule may.
    """

    at: Minutes
    value: Values
    level: Values
    bad: Flags
    well: Flags
    may_begin: Flags

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True)
class State:
    """How far a rule was looked at, and how it stood then."""

    until: datetime
    is_firing: bool = False
    bad_since: datetime | None = None
    good_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """When a rule began to fire, or was well again: at which look, and at which level."""

    at: datetime
    act: Act
    look: int = field(compare=False)
    level: float


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of looking: the state now, the turns in their order, and every look."""

    state: State
    turns: tuple[Turn, ...]
    looks: Looks


def follow(rule: Rule, points: Points, state: State, end: datetime, zone: str) -> Followed:
    """Look at a rule at every moment after the state and up to `end` at which it is due."""
    looks = look_at(rule, points, moments(rule, state.until, end), zone)
    course, turns = Course.of(rule, state), []
    seen = looks.at.tolist(), (looks.bad & looks.may_begin).tolist(), looks.well.tolist()
    for number, (minute, is_bad, is_well) in enumerate(zip(*seen, strict=True)):
        if act := course.look(minute, is_bad, is_well):
            turns.append(Turn(moment_of(minute), act, number, float(looks.level[number])))
    until = moment_of(looks.at[-1]) if len(looks) else state.until
    return Followed(course.state(until), tuple(turns), looks)


def moments(rule: Rule, after: datetime, end: datetime) -> Minutes:
    """When a rule is looked at in (after, end]: at whole multiples of its pace, whoever looks."""
    pace = rule.every_minutes
    first = minute_of(after) // pace * pace + pace
    return np.arange(first, minute_of(end) + 1, pace, dtype=np.int64)


def look_at(rule: Rule, points: Points, at: Minutes, zone: str) -> Looks:
    """What is seen of the windows that end at these moments."""
    seen = levels(rule, points, at)
    bad = _beyond(seen.level, rule.value, rule.above)
    well = ~bad & ~np.isnan(seen.level)
    if rule.recovery is not None:
        well &= _beyond(seen.level, rule.recovery, not rule.above)
    return Looks(at, seen.value, seen.level, bad, well, _planned(rule, at, ZoneInfo(zone)))


def _beyond(level: Values, value: float, above: bool) -> Flags:
    """Whether levels have reached a value; what is unknown has not."""
    return level >= value if above else level <= value


def _planned(rule: Rule, at: Minutes, tz: ZoneInfo) -> Flags:
    """Where a rule may begin to fire, by the project's clock: that of a window's last minute."""
    if rule.days == EVERY_DAY and (rule.from_hour, rule.to_hour) == (0, 24):
        return np.ones(len(at), bool)
    quarters, place = np.unique((at - 1) // 15, return_inverse=True)  # zones differ by these
    local = [moment_of(quarter * 15).astimezone(tz) for quarter in quarters]
    planned = [
        each.isoweekday() in rule.days and rule.from_hour <= each.hour < rule.to_hour
        for each in local
    ]
    return np.array(planned, bool)[place]


@dataclass(slots=True)
class Course:
    """How a rule stands from look to look; times are minutes since 1970."""

    delay: int
    clear: int
    is_firing: bool
    bad_since: int | None
    good_since: int | None

    @classmethod
    def of(cls, rule: Rule, state: State) -> "Course":
        """Where a rule was left."""
        bad, good = (
            None if each is None else minute_of(each)
            for each in (state.bad_since, state.good_since)
        )
        return cls(rule.delay_minutes, rule.clear_minutes, state.is_firing, bad, good)

    def state(self, until: datetime) -> State:
        """Where it is left now."""
        bad, good = (
            None if each is None else moment_of(each) for each in (self.bad_since, self.good_since)
        )
        return State(until, self.is_firing, bad, good)

    def look(self, minute: int, is_bad: bool, is_well: bool) -> Act | None:
        """What this look changes."""
        if self.is_firing:
            return self._while_firing(minute, is_well)
        if is_bad:
            return self._while_bad(minute)
        if is_well or self.bad_since is None or self.bad_since <= minute:
            self.bad_since = None
        return None

    def _while_bad(self, minute: int) -> Act | None:
        """It fires when it was bad for the delay, at each look since; what is unknown is not bad.

        What is bad since a minute to come was resolved by somebody: what is in the window until
        then, they know of.
        """
        if self.bad_since is None:
            self.bad_since = minute
        if minute - self.bad_since < self.delay:
            return None
        self.is_firing, self.good_since = True, None
        return "fired"

    def _while_firing(self, minute: int, is_well: bool) -> Act | None:
        """It is well again after it was so for a while, at each look; what is unknown is not."""
        if not is_well:
            self.good_since = None
            return None
        if self.good_since is None:
            self.good_since = minute
        if minute - self.good_since < self.clear:
            return None
        self.is_firing, self.bad_since, self.good_since = False, None, None
        return "resolved"
