"""What grows, and what only looks as if it did."""

from datetime import date, timedelta

import pytest

from analytics.community.packages import package_stats
from analytics.community.trending import trending
from analytics.scope import PUBLIC
from tests.analytics.community.blocks import Ran, make_package, publish_days, publish_until
from tests.thorough import thorough

LAST = date(2026, 3, 31)


@pytest.fixture
def add_package(conn, project):
    """Makes a package with so many runs a day in its last week, and in the one before."""
    publish_until(conn, project, LAST)

    def add(name, now, before, *, spans=(), **more):
        package = make_package(conn, project, name, **more)
        rows = [
            Ran(number, LAST - timedelta(days=day))
            for day in range(16)
            for number in range(now if day < 7 else before)
        ]
        publish_days(conn, package, rows, spans=spans)
        return package

    return add


@thorough
def test_packages_that_grow_beyond_chance_come_surest_first(conn, add_package):
    add_package("steady", 20, 20)
    add_package("shrinking", 10, 20)
    add_package("small", 20, 13)
    add_package("large", 60, 40)
    add_package("hardly", 21, 20)
    found = trending(conn, PUBLIC)
    assert list(found["name"]) == ["large", "small"]
    assert list(found["runs"]) == [7 * 60, 7 * 20]
    assert list(found["before"]) == [7 * 40, 7 * 13]
    assert list(found["growth"]) == pytest.approx([60 / 40 - 1, 20 / 13 - 1])
    assert list(found["people"]) == [60, 20]


def test_the_growth_is_the_one_that_the_package_tells(conn, add_package):
    package = add_package("large", 60, 40)
    told = package_stats(conn, PUBLIC, package.name, 30).growth.change
    assert trending(conn, PUBLIC)["growth"].item() == pytest.approx(told)


def test_a_package_whose_weeks_cant_be_told_apart_is_left_out(conn, add_package):
    days = (LAST - timedelta(days=7), LAST - timedelta(days=6))
    add_package("vague", 60, 40, spans=[days])
    assert trending(conn, PUBLIC).empty


def test_the_many_runs_of_one_person_are_no_growth(conn, project, add_package):
    crowd = [Ran(who, LAST - timedelta(days=day)) for day in range(14) for who in range(6)]
    add_package("lively", 60, 40)
    package = make_package(conn, project, "hammered")
    publish_days(conn, package, [*crowd, *[Ran(0, LAST - timedelta(days=1))] * 40])
    assert package_stats(conn, PUBLIC, "hammered", 30).growth.change > 0.9
    assert list(trending(conn, PUBLIC)["name"]) == ["lively"]


def test_days_that_are_published_together_are_no_growth_of_those_apart(conn, add_package):
    before = (LAST - timedelta(days=13), LAST - timedelta(days=7))
    add_package("gathered", 20, 20, spans=[before])
    assert trending(conn, PUBLIC).empty


def test_more_people_with_fewer_runs_are_no_growth(conn, project, add_package):
    add_package("lively", 60, 40)
    package = make_package(conn, project, "lighter")
    days = [(LAST - timedelta(days=day), day < 7) for day in range(14)]
    rows = [Ran(who, day) for day, now in days for who in range(20 if now else 10)]
    rows += [Ran(0, LAST - timedelta(days=8))] * 200
    publish_days(conn, package, rows)
    assert list(trending(conn, PUBLIC)["name"]) == ["lively"]


def test_a_package_that_is_not_public_is_not_listed(conn, add_package):
    add_package("hidden", 60, 40, public=False)
    assert trending(conn, PUBLIC).empty


def test_no_more_are_listed_than_asked_for(conn, add_package):
    for number in range(4):
        add_package(f"p{number}", 40 + number, 20)
    assert list(trending(conn, PUBLIC, limit=2)["name"]) == ["p3", "p2"]
