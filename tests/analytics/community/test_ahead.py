"""Days that are read ahead, against the same windows asked for one by one."""

import random
from datetime import date, timedelta

import pytest

from analytics.community.ahead import cell_trails, people_trail
from analytics.community.packages import CUTS, package_history, package_stats, stats_of
from analytics.community.published import TOTAL, Published, Window, by_stream, people
from analytics.community.trails import since
from analytics.scope import PUBLIC
from tests.analytics.community.blocks import (
    Fetched,
    Ran,
    Rated,
    make_package,
    publish_days,
    publish_until,
)

LAST = date(2026, 3, 31)
END = LAST + timedelta(days=1)
YEAR = Window(END - timedelta(days=365), END)


def drawn():
    """Forty days of runs, ratings and downloads by some of thirty people."""
    dice = random.Random(5)
    for number in range(40):
        day = LAST - timedelta(days=number)
        for who in dice.sample(range(30), dice.choice((2, 4, 9, 20))):
            version, model = dice.choice(("1.0.0", "1.1.0", "")), dice.choice(("m1", "m2"))
            yield Ran(who, day, version, model, dice.random() > 0.2, 100.0 * who)
            yield Rated(who, day, dice.randrange(1, 6), version)
            yield Fetched(who, day, dice.choice(("person", "ci")))


@pytest.fixture
def package(conn, project):
    publish_until(conn, project, LAST)
    made = make_package(conn, project)
    at_once = (LAST - timedelta(days=10), LAST - timedelta(days=8))
    publish_days(conn, made, list(drawn()), spans=[at_once])
    return made


@pytest.mark.parametrize("days", [1, 2, 8, 9, 10, 11, 39, 40, 365])
def test_every_window_has_the_sums_and_people_that_it_has_when_asked_alone(conn, package, days):
    runs, window = Published("package", package.id), Window(END - timedelta(days=days), END)
    ahead = cell_trails(conn, PUBLIC, runs, YEAR, CUTS)
    alone = by_stream(conn, PUBLIC, runs, window, CUTS)
    assert {
        stream: {cut: since(trails, window.start) for cut, trails in cuts.items()}
        for stream, cuts in ahead.items()
    } == alone
    assert alone["runs"][""][TOTAL].n > 0
    counted = people_trail(conn, PUBLIC, runs, YEAR.start).since(window.start).n
    assert counted == people(conn, PUBLIC, runs, window.start).get("", 0)


@pytest.mark.parametrize("days", [1, 7, 30, 365])
def test_a_package_is_told_from_a_year_as_from_its_window(conn, package, days):
    history = package_history(conn, PUBLIC, package.name, 365)
    assert stats_of(history, days) == package_stats(conn, PUBLIC, package.name, days)
