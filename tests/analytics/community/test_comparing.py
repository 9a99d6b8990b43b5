"""Versions side by side, against plain Python over the rows that they were made of."""

from datetime import date, timedelta
from math import isnan

import pytest

from analytics.community import intervals
from analytics.community.comparing import compare
from analytics.scope import PUBLIC
from tests.analytics.community.blocks import (
    Ran,
    Rated,
    make_package,
    publish_days,
    publish_until,
)

LAST = date(2026, 3, 31)


@pytest.fixture
def package(conn, project):
    """A package whose version 2 fails less, takes less time and is rated higher than version 1."""
    publish_until(conn, project, LAST)
    made, rows = make_package(conn, project), []
    for number in range(300):
        day = LAST - timedelta(days=number % 10)
        old, new = number % 10 > 0, number % 50 > 0
        rows += [
            Ran(number % 40, day, "1.0.0", "m1", ok=old, duration=200.0),
            Ran(number % 40, day, "2.0.0", "m2" if number % 2 else "m1", ok=new, duration=150.0),
            Rated(number % 40, day, 4, "1.0.0"),
            Rated(number % 40, day, 5 if number % 2 else 4, "2.0.0"),
        ]
    publish_days(conn, made, rows)
    return made


def differences(comparison):
    """Difference, low and high by version and measure."""
    told = ("difference", "low", "high")
    return {
        (row["version"], row["measure"]): tuple(row[name] for name in told)
        for row in comparison.differences
    }


def column(rows, name):
    return [row[name] for row in rows]


def test_versions_stand_in_the_order_in_which_they_were_asked_for(conn, package):
    found = compare(conn, PUBLIC, package.name, ["1.0.0", "2.0.0"], 30)
    assert column(found.rows, "version") == ["1.0.0", "2.0.0"]
    assert column(found.rows, "runs") == [300, 300]
    assert column(found.rows, "success") == [270 / 300, 294 / 300]
    assert column(found.rows, "rating") == [4.0, 4.5]


def test_each_version_is_held_against_the_first_with_the_interval_of_the_difference(conn, package):
    told = differences(compare(conn, PUBLIC, package.name, ["1.0.0", "2.0.0"], 30))
    success, stars = told["2.0.0", "success"], told["2.0.0", "rating"]
    assert success[0] == pytest.approx(0.08)
    effect = intervals.design_effect(600, 40)
    assert effect > 2
    assert success[1:] == intervals.share_difference(294, 300, 270, 300, effect)
    assert stars[0] == pytest.approx(0.5)
    assert stars[1:] == intervals.rating_difference(1350, 300, 1200, 300)


def test_a_quarter_less_time_is_told_as_a_quarter_less(conn, package):
    told = differences(compare(conn, PUBLIC, package.name, ["1.0.0", "2.0.0"], 30))
    difference, low, high = told["2.0.0", "duration_ms"]
    assert difference == pytest.approx(-0.25)
    assert isnan(low)
    assert isnan(high)


def test_models_are_told_within_each_version(conn, package):
    found = compare(conn, PUBLIC, package.name, ["1.0.0", "2.0.0"], 30).by_model
    assert {(row["version"], row["model"]): row["runs"] for row in found} == {
        ("2.0.0", "m1"): 150,
        ("2.0.0", "m2"): 150,
        ("1.0.0", "m1"): 300,
    }


def test_a_version_that_does_not_exist_has_no_runs_and_differs_by_nothing(conn, package):
    found = compare(conn, PUBLIC, package.name, ["1.0.0", "9.9.9"], 30)
    assert column(found.rows, "runs") == [300, 0]
    assert all(isnan(each) for told in differences(found).values() for each in told)


def test_a_version_is_told_once_and_the_rest_is_no_version(conn, package):
    found = compare(conn, PUBLIC, package.name, ["2.0.0", "other", "2.0.0"], 30)
    assert column(found.rows, "version") == ["2.0.0"]
    assert not found.differences


def test_a_package_that_is_not_public_is_compared_for_nobody_else(conn, project):
    make_package(conn, project, "hidden", public=False)
    assert compare(conn, PUBLIC, "hidden", ["1.0.0", "2.0.0"], 30) is None
