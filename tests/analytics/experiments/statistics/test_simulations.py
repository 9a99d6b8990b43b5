"""Whole experiments, drawn again and again: how often what is said of them is wrong.

Each simulation is seeded; its bounds are those that the documentation promises.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.estimating import estimate
from analytics.experiments.statistics.moments import NOTHING, Sums
from analytics.experiments.statistics.power import needed
from analytics.experiments.statistics.reading import reading
from tests.analytics.experiments.statistics.samples import (
    MEAN,
    RATIO,
    SHARE,
    exposed,
    row,
    share,
    sums,
)
from tests.thorough import thorough

TIMES = 1_000
COURSES = 500
GUARDRAILS = 5
DAYS, A_DAY = 14, 100  # of each variant
DESIGN = Design({"a": 1, "b": 1}, "a", planned=2 * DAYS * A_DAY)


def shares(rng, n, effect=0.0):
    return share(n, rng.binomial(n, 0.2 * (1 + effect)))


def means(rng, n, effect=0.0):
    """A third buys, for amounts that differ a lot, as revenue does."""
    bought = rng.random(n) < 1 / 3
    return sums(bought * rng.lognormal(3, 0.8, n) * (1 + effect))


def ratios(rng, n, effect=0.0):
    """Failures of events, in people who differ in how much and how well they do."""
    d = rng.poisson(rng.gamma(2, 3, n)) + 1
    return sums(rng.binomial(d, rng.beta(2, 8, n) * (1 + effect)), d)


def foreseen(rng, n, effect=0.0):
    """What people spend, of which the time before explains about a half."""
    level = rng.gamma(3, 2, n)
    y, x = (rng.poisson(level) for _ in range(2))
    return sums(y * (1 + effect), 1, x)


KINDS = {"share": (SHARE, shares), "mean": (MEAN, means), "ratio": (RATIO, ratios)}
KINDS["foreseen"] = (MEAN, foreseen)
TRUTHS = {"share": 0.2, "mean": np.exp(3 + 0.8**2 / 2) / 3, "ratio": 0.2, "foreseen": 6.0}


CASES = pytest.mark.parametrize(
    ("kind", "effect"), [("share", 0.0), ("mean", 0.1), ("ratio", 0.0), ("foreseen", 0.1)]
)


@thorough
@CASES
def test_fixed_tests_and_intervals_err_as_often_as_they_say(kind, effect):
    """At the planned size: 5 % false positives, 95 % coverage, also of a relative effect."""
    metric, draw = KINDS[kind]
    rng, truth = np.random.default_rng(11), effect * TRUTHS[kind]
    significant = covered = covered_lift = 0
    for _ in range(TIMES):
        pair = draw(rng, 1_000), draw(rng, 1_000, effect)
        found = estimate(metric, "b", DESIGN, pair, pair)
        significant += found.p_value < 0.05
        covered += found.planned.low < truth < found.planned.high
        covered_lift += found.planned.lift_low < effect < found.planned.lift_high
    assert 0.94 <= covered / TIMES <= 0.96
    assert 0.94 <= covered_lift / TIMES <= 0.96
    assert effect or 0.04 <= significant / TIMES <= 0.06


@thorough
@CASES
def test_looking_every_day_errs_no_more_often_than_the_intervals_say(kind, effect):
    """Whoever goes by fixed intervals on the first day that suits is wrong in a fifth instead."""
    metric, draw = KINDS[kind]
    rng, truth = np.random.default_rng(12), effect * TRUTHS[kind]
    wrong = wrong_lift = naive = 0
    for _ in range(COURSES):
        course = [found.now for found in _course(metric, draw, rng, effect)]
        wrong += any(not now.low < truth < now.high for now in course)
        lifts = [now for now in course if now.lift is not None]
        wrong_lift += any(not now.lift_low < effect < now.lift_high for now in lifts)
        naive += any(abs(now.difference - truth) > 1.96 * now.error for now in course)
    assert wrong / COURSES <= 0.05
    assert wrong_lift / COURSES <= 0.05
    assert naive / COURSES >= 0.15


@thorough
@pytest.mark.parametrize("looks", [7, 28])
def test_deciding_early_or_else_at_the_plan_errs_no_more_often_than_the_test_alone(looks):
    """The whole procedure, on shares: stopped by one of the daily looks, or read at the plan."""
    bounds = _bounds(looks, lambda z, n, planned: _judged(z, n, planned) == "better")
    (z,) = np.abs(_courses(np.random.default_rng(13), looks, 1))
    early, at_plan = (z > bounds)[:, :-1].any(axis=1), z[:, -1] > bounds[-1]
    assert (early | at_plan).mean() <= 0.053
    assert (early & ~at_plan).mean() <= 0.002
    assert early.any()


@thorough
def test_five_guardrails_that_nothing_was_done_to_break_no_more_often_than_one():
    """Of Holm's p-values the smallest is below the level, or none is: it is five times the raw."""
    looks = DAYS
    bounds = _bounds(looks, lambda z, n, planned: _judged(0, n, planned, z) == "guardrail")
    z = _courses(np.random.default_rng(15), looks, GUARDRAILS)
    assert 0.01 <= (z > bounds).any(axis=(0, 2)).mean() <= 0.05
    naive = z[:, :, -1] > 1.96
    assert naive.any(axis=0).mean() > 0.1


@thorough
def test_the_planned_size_finds_the_planned_effect_as_often_as_planned():
    rng = np.random.default_rng(14)
    for metric, draw in KINDS.values():
        baseline = draw(rng, 100_000)
        n = needed(baseline, metric, 0.05, DESIGN, power=0.8) // 2
        found = 0
        for _ in range(400):
            pair = draw(rng, n), draw(rng, n, 0.05)
            found += estimate(metric, "b", DESIGN, pair, pair).p_value < 0.05
        assert 0.75 <= found / 400 <= 0.85, metric.label


def _course(metric, draw, rng, effect=0.0):
    """What is known at the end of each day."""
    pair = NOTHING, NOTHING
    for _ in range(DAYS):
        pair = pair[0] + draw(rng, A_DAY), pair[1] + draw(rng, A_DAY, effect)
        yield estimate(metric, "b", DESIGN, pair)


def _courses(rng, looks, metrics):
    """By metric, course and look: how many standard errors two shares are apart of which both are
    a fifth in truth."""
    n = _sizes(looks)
    drawn = rng.binomial(n[0], 0.2, size=(2, metrics, 20_000, looks)).cumsum(axis=3) / n
    return (drawn[1] - drawn[0]) / np.sqrt((drawn * (1 - drawn)).sum(axis=0) / n)


def _bounds(looks, decides):
    """At each look, from how many standard errors on the verdict is that it is decided.

    It is asked at the last look and at some before; between those it changes smoothly.
    """
    sizes = _sizes(looks)
    asked = sorted({*sizes[:: looks // 7].tolist(), int(sizes[-2])})
    early = [_bound(decides, n, int(2 * sizes[-1])) for n in asked if n < sizes[-1]]
    at_plan = _bound(decides, int(sizes[-1]), int(2 * sizes[-1]))
    return np.append(np.interp(sizes[:-1], [n for n in asked if n < sizes[-1]], early), at_plan)


def _bound(decides, n, planned):
    low, high = 0.0, 6.0
    for _ in range(9):
        z = (low + high) / 2
        low, high = (low, z) if decides(z, n, planned) else (z, high)
    return high


def _sizes(looks):
    """People of each variant by the end of each look's day."""
    return np.arange(1, looks + 1) * (2_800 // looks)


def _judged(z, n, planned, harm=0.0):
    """The verdict where the primary metric is so many errors better, and one of five guardrails so
    many worse; without harm there are none."""
    several = range(GUARDRAILS if harm else 0)
    guards = [replace(SHARE, id=2 + place, role="guardrail", better="down") for place in several]
    ends = [z, harm, *(0.0 for _ in guards[1:])]
    rows = [
        row(variant, _apart(n, end if variant == "b" else 0.0), metric)
        for metric, end in enumerate(ends, start=1)
        for variant in "ab"
    ]
    design = replace(DESIGN, planned=planned)
    return reading((SHARE, *guards), design, pd.DataFrame(rows), exposed(a=n, b=n)).verdict.kind


def _apart(n, z):
    """The share among n actors that is so many standard errors above a fifth."""
    p = 0.2
    for _ in range(8):
        p = 0.2 + z * np.sqrt((0.16 + p * (1 - p)) / n)
    return Sums(n, n * p, n, 0, n, n * p, n * p, 0, n * p, n, 0, n, 0, 0, n)
