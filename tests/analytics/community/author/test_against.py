"""What differs between two versions, with its interval."""

from datetime import date, timedelta

import pytest

from analytics.community.author.against import changes
from analytics.community.author.parts import Slice
from analytics.community.author.releases import by_version
from analytics.community.published import Sums

DAY = date(2026, 3, 1)
PAIR = ("2.0.0", "1.5.0")


def on(day, version, n=100, failures=0, mean=None, model="m1"):
    at = DAY + timedelta(days=day)
    timed = n if mean else 0
    sums = Sums(n=n, failures=failures, timed=timed, duration_sum=timed * (mean or 0.0))
    return Slice(at, at, version, model, sums)


def told(slices, ratings=None):
    found = changes(PAIR, by_version(slices), ratings or {}, slices)
    return {each.measure: each for each in found}


def test_success_is_compared_in_points():
    found = told([on(0, "2.0.0", 847, 16), on(0, "1.5.0", 400, 26)])["success"]
    assert found.difference == pytest.approx(831 / 847 - 374 / 400)
    assert found.sure
    assert found.better
    assert (found.n, found.n_before) == (847, 400)
    low, high = found.interval
    assert 0.02 < low < found.difference < high < 0.08


def test_few_runs_show_no_difference():
    found = told([on(0, "2.0.0", 20, 1), on(0, "1.5.0", 20, 2)])["success"]
    assert not found.sure


def test_ratings_are_compared_in_stars():
    ratings = {"2.0.0": Sums(n=300, score_sum=1_410), "1.5.0": Sums(n=312, score_sum=1_342)}
    found = told([on(0, "2.0.0"), on(0, "1.5.0")], ratings)["rating"]
    assert found.value == pytest.approx(4.7)
    assert found.difference == pytest.approx(4.7 - 1_342 / 312)
    assert found.sure


def test_durations_are_compared_within_each_day():
    slow_days = [3.0, 1.0, 2.0, 1.5, 1.0, 2.5]
    slices = [
        each
        for day, slow in enumerate(slow_days)
        for each in (on(day, "2.0.0", mean=80 * slow), on(day, "1.5.0", mean=100 * slow + day))
    ]
    found = told(slices)["duration"]
    assert found.difference == pytest.approx(-0.21, abs=0.01)
    assert found.sure
    assert found.better


def test_a_slow_week_before_a_release_is_no_finding():
    slices = [on(day, "1.5.0", mean=200 if day < 5 else 100) for day in range(12)]
    slices += [on(day, "2.0.0", mean=100 + day % 2) for day in range(5, 12)]
    found = told(slices)["duration"]
    assert found.value < 0.8 * found.before
    assert not (found.sure and abs(found.difference) > 0.02)


def test_few_days_in_common_have_no_interval():
    slices = [on(0, "2.0.0", mean=50), on(0, "1.5.0", mean=100)]
    found = told(slices)["duration"]
    assert found.difference == pytest.approx(-0.5)
    assert found.interval is None
    assert not found.sure


def test_several_models_of_a_day_are_one_mean():
    slices = [on(0, "2.0.0", 10, mean=50), on(0, "2.0.0", 30, mean=90, model="m2")]
    found = told([*slices, on(0, "1.5.0", mean=100)])["duration"]
    assert found.value == pytest.approx(80)


def test_what_was_not_told_is_not_compared():
    assert told([on(0, "2.0.0"), on(0, "1.5.0")]).keys() == {"success"}
    assert told([on(0, "2.0.0")]) == {}
