"""What follows what: a template that was begun may be completed, what was used may be rated."""

import numpy as np
from numpy.typing import NDArray

from db.demo import kinds
from db.demo.actors import Flags
from db.demo.kinds import KINDS, Codes, kind, quantiles
from db.demo.scene import Scene

START, DONE, RATING = "template_used", "template_completed", "rating"
COMPLETED = {"onboarding": 0.41}  # of the uses of a template
USUALLY_COMPLETED = 0.78
SATISFIED = {"onboarding": 0.35, "weekly_report": 0.92}  # of the ratings: 4 or 5
USUALLY_SATISFIED = 0.76
RATED = {DONE: 0.15, "feature_use": 0.01}  # of what is neither last nor in a first session
STARS = np.array([0.30, 0.25, 0.45, 0.45, 0.55])  # of who is not satisfied: 1, 2, 3; who is: 4, 5


def completion(subject: str) -> float:
    """The share of the uses of a template that are completed."""
    return COMPLETED.get(subject, USUALLY_COMPLETED)


def satisfaction(subject: str) -> float:
    """The share of 4 and 5 among the ratings of a template or feature."""
    return SATISFIED.get(subject, USUALLY_SATISFIED)


def _next_of(before: tuple[str, ...], name: str) -> Codes:
    """For every kind of the names `before`, the kind `name` of its subject; else -1."""
    return np.array([kind(name, s) if n in before else -1 for n, s in KINDS], np.int16)


def _values(name: str, subject: str) -> NDArray[np.float64]:
    """A table to pick from uniformly: USD a month of an upgrade, 1 to 5 of a rating, else 0."""
    if name != RATING:
        return np.full(64, kinds.PRICES.get(subject, 0.0) if name == "upgrade" else 0.0)
    part = np.repeat([1 - satisfaction(subject), satisfaction(subject)], [3, 2])
    return 1.0 + quantiles(part * STARS, 64).astype(np.float64)


STARTS: Codes = np.array(kinds.kinds_of(START), np.int16)
COMPLETION = np.array([completion(s) if n == START else 0.0 for n, s in KINDS])
DONE_OF = _next_of((START,), DONE)
RATING_CHANCE = np.array([RATED.get(name, 0.0) for name, _ in KINDS])
RATING_OF = _next_of(tuple(RATED), RATING)
PAIRED = np.array([name in (START, DONE) for name, _ in KINDS])
VALUES = np.stack([_values(name, subject) for name, subject in KINDS])


def may_start(scene: Scene) -> Flags:
    """Where a template may be begun: at even places, so that the next one is its own."""
    last = scene.place == scene.visits.length[scene.session] - 1
    even: Flags = (scene.place % 2 == 0) & ~last
    return even


def completed(scene: Scene, code: Codes) -> Codes:
    """The same kinds, but for completions of the templates that were begun just before."""
    before = np.roll(code, 1)
    done = (scene.place % 2 == 1) & (scene.rng.random(scene.count) < COMPLETION[before])
    return np.where(done, DONE_OF[before], code).astype(np.int16)


def rated(scene: Scene, code: Codes) -> Codes:
    """The same kinds, but for ratings of what was done just before."""
    before = np.roll(code, 1)
    free = (scene.place > 0) & ~scene.visits.first[scene.session] & ~PAIRED[code]
    asked = free & scene.people.feedback[scene.actor]
    rates = asked & (scene.rng.random(scene.count) < RATING_CHANCE[before])
    return np.where(rates, RATING_OF[before], code).astype(np.int16)


def is_completed(code: Codes) -> Flags:
    """Which events are begun and, just after, completed."""
    completes: Flags = (DONE_OF[code] >= 0) & (np.roll(code, -1) == DONE_OF[code])
    return completes
