"""Thirty days by a simulated clock: all that is planted is told once and in time, noise is not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest

from analytics.operations.alerts.following import State, follow
from analytics.operations.signals.points import Means, Points, Totals
from db.alert_rules import Rule
from tests.analytics.operations.alerts.clock import (
    END,
    MINUTE,
    START,
    Planted,
    counts,
    incidents,
    requests,
)

SEEDS = range(4)
ERRORS = Rule(
    "Error rate",
    "error_rate",
    "threshold",
    value=0.05,
    recovery=0.03,
    window_minutes=5,
    delay_minutes=10,
    clear_minutes=10,
    minimum=20,
)
RISE = Rule(
    "Spike", "tickets", "anomaly", value=5.0, window_minutes=60, minimum=20, every_minutes=5
)
DROP = Rule(
    "Drop", "events", "anomaly", value=-5.0, above=False, window_minutes=60, every_minutes=5
)
HALVED = Rule(
    "Halved", "events", "change", value=-0.5, above=False, window_minutes=180, every_minutes=60
)
SILENCE = Rule("Silence", "events", "no_data", above=False, window_minutes=60, every_minutes=5)


@dataclass(frozen=True)
class Case:
    """A rule, what it looks at, and what is planted every so many days."""

    rule: Rule
    points: Callable[[int, list[Planted]], Points]
    minutes: int
    size: float
    stretch: int = 60  # minutes: before it is over, nothing of it is known
    apart_days: int = 3

    def planted(self, seed):
        return incidents(seed, 28 // self.apart_days - 1, self.minutes, self.size, self.apart_days)

    @property
    def promise(self):
        return timedelta(minutes=self.rule.promise_minutes + self.stretch - 1)


def of_requests(seed, planted):
    return Means.of(requests(seed, planted), 1)


def of_counts(seed, planted):
    return Totals.of(counts(seed, planted), 60)


CASES = {
    "error rate": Case(ERRORS, of_requests, minutes=40, size=0.4, stretch=1),
    "spike": Case(RISE, of_counts, minutes=240, size=2.5),
    "drop": Case(DROP, of_counts, minutes=240, size=0.1),
    "change": Case(HALVED, of_counts, minutes=360, size=0.1, apart_days=8),
    "silence": Case(SILENCE, of_counts, minutes=240, size=0.0),
}


def told(rule, points, pauses=()):
    """The turns of thirty days, looked at in as many parts as there are pauses, and one more."""
    state, turns = State(START), []
    for end in [*pauses, END]:
        followed = follow(rule, points, state, end, "UTC")
        state, turns = followed.state, [*turns, *followed.turns]
    return turns


EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@EACH
@pytest.mark.parametrize("seed", SEEDS)
def test_each_planted_incident_is_told_once_and_in_time(case, seed):
    planted = case.planted(seed)
    turns = told(case.rule, case.points(seed, planted))
    fired = [turn.at for turn in turns if turn.act == "fired"]
    for each in planted:
        assert sum(each.begins <= at <= each.begins + case.promise for at in fired) == 1, each
    assert len(fired) <= len(planted) + 1


@EACH
@pytest.mark.parametrize("seed", SEEDS)
def test_quiet_noise_gives_at_most_one_false_alarm(case, seed):
    turns = told(case.rule, case.points(seed, []))
    assert sum(turn.act == "fired" for turn in turns) <= 1


@EACH
def test_looking_in_parts_loses_and_repeats_nothing(case):
    points = case.points(9, case.planted(9))
    chance = np.random.default_rng(5)
    pauses = sorted(START + int(at) * MINUTE for at in chance.integers(0, 43_200, 60))
    whole = told(case.rule, points)
    assert len(whole) >= 4
    assert told(case.rule, points, pauses) == whole
