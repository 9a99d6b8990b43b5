"""The packages of an author, against plain Python over the rows that they were published from."""

import random
from datetime import timedelta

import pytest

from analytics.community.author.own import own_packages
from analytics.community.packages import Growth, package_stats
from analytics.community.published import Sums
from analytics.scope import PUBLIC, Viewer
from tests.analytics.community.author.conftest import LAST, ago
from tests.analytics.community.blocks import Fetched, Ran, Rated, publish_days
from tests.thorough import thorough


def history(seed, size):
    """Runs, downloads and ratings of 40 days by 60 people."""
    dice = random.Random(seed)
    rows = []
    for number in range(size):
        who, day = dice.randrange(60), ago(dice.randrange(40))
        duration = round(dice.lognormvariate(7, 1), 3) if number % 7 else None
        tokens = dice.randrange(5_000) if number % 5 else None
        rows.append(Ran(who, day, ok=dice.random() > 0.1, duration=duration, tokens=tokens))
        if number % 4 == 0:
            rows.append(Rated(who, day, dice.randint(1, 5)))
        if number % 3 == 0:
            rows.append(Fetched(who, day, dice.choice(("person", "ci", "bot", "mirror"))))
    return rows


def inside(rows, kind, first, last=LAST):
    return [row for row in rows if isinstance(row, kind) and first <= row.day <= last]


@thorough
@pytest.mark.parametrize("days", [1, 7, 30, 365])
def test_every_figure_is_that_of_plain_python(conn, author, reviewer, finder, foreign, days):
    told = {reviewer.id: history(1, 900), finder.id: history(2, 300)}
    for package, rows in ((reviewer, told[reviewer.id]), (finder, told[finder.id])):
        publish_days(conn, package, rows)
    publish_days(conn, foreign, history(3, 100))
    found = own_packages(conn, author, days)
    assert [each.name for each in found] == ["code-reviewer", "bug-finder"]
    for each in found:
        rows, first = told[each.id], ago(days - 1)
        ran, rated = (inside(rows, kind, first) for kind in (Ran, Rated))
        assert each.runs.n == len(ran)
        assert each.runs.failures == sum(not row.ok for row in ran)
        durations = [row.duration for row in ran if row.duration is not None]
        assert each.runs.duration_sum == pytest.approx(sum(durations))
        assert each.people == len({row.who for row in ran}) // 5 * 5
        assert each.ratings.n == len(rated)
        assert each.ratings.score_sum == sum(row.score for row in rated)
        fetched = inside(rows, Fetched, first)
        assert each.downloads == (sum(row.audience == "person" for row in fetched) or None)
        weeks = (inside(rows, Ran, ago(6)), inside(rows, Ran, ago(13), ago(7)))
        assert each.growth == Growth(*map(len, weeks))
        assert (each.window.start, each.window.end) == (first, LAST + timedelta(days=1))


SPANS = {
    "none": (),
    "inside the week": ((ago(3), ago(1)),),
    "up to the border": ((ago(9), ago(7)),),
    "across the border": ((ago(8), ago(5)),),
    "across the first border": ((ago(16), ago(12)),),
    "the days before": ((ago(20), ago(14)),),
}


@pytest.mark.parametrize("span", SPANS)
def test_growth_and_sums_agree_with_the_package_page(conn, author, reviewer, span):
    rows = [Ran(who, ago(day)) for day in range(30) for who in range(5 + day % 3)]
    publish_days(conn, reviewer, rows, spans=SPANS[span])
    for days in (7, 30):
        stats = package_stats(conn, author, str(reviewer.uid), days)
        own = next(each for each in own_packages(conn, author, days) if each.id == reviewer.id)
        assert own.growth == stats.growth
        assert own.runs == stats.totals
        assert own.people == stats.people


def test_growth_waits_for_the_last_day(conn, author, reviewer):
    publish_days(conn, reviewer, [Ran(who, ago(day)) for day in range(1, 30) for who in range(9)])
    own = next(each for each in own_packages(conn, author, 30) if each.id == reviewer.id)
    assert own.growth is None


def test_a_package_without_runs_is_listed_with_nothing(conn, author):
    found = own_packages(conn, author, 30)
    assert [each.name for each in found] == ["bug-finder", "code-reviewer"]
    assert all(each.runs == Sums() and each.people == 0 for each in found)
    assert all(each.growth is None for each in found)


def test_nobody_else_is_told(conn, author, reviewer):
    publish_days(conn, reviewer, history(1, 100))
    member = Viewer(2, "bob@example.org", "admin", frozenset({reviewer.project_id}))
    assert own_packages(conn, PUBLIC, 30) == []
    assert own_packages(conn, member, 30) == []
