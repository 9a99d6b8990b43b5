"""Windows of published blocks: what lies wholly in them, and what can be compared."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.community.published import (
    TOTAL,
    Published,
    Sums,
    Window,
    by_cut,
    cells,
    compared,
    daily,
    people,
    rounded,
    total,
    window,
)
from analytics.scope import PUBLIC
from tests.analytics.community.blocks import Ran, make_package, publish_days

FIRST = date(2026, 3, 2)
TWO_WEEKS = Window(FIRST, FIRST + timedelta(days=14))
THIS_WEEK = Window(FIRST + timedelta(days=7), TWO_WEEKS.end)


def on(day, people=6, **how):
    """Runs of as many people on a day, counted from the first."""
    return [Ran(who, FIRST + timedelta(days=day), **how) for who in range(people)]


def span(first, last):
    """The days that a block holds, counted from the first."""
    return FIRST + timedelta(days=first), FIRST + timedelta(days=last)


@pytest.fixture
def package(conn, project):
    return make_package(conn, project)


@pytest.fixture
def runs(package):
    return Published("package", package.id)


def every_day(but=()):
    return [run for day in range(14) if day not in but for run in on(day)]


def test_a_window_ends_with_the_last_published_day():
    assert window(date(2026, 3, 8), 7) == Window(date(2026, 3, 2), date(2026, 3, 9))
    assert window(None, 7) is None
    assert THIS_WEEK.before == Window(FIRST, THIS_WEEK.start)


def test_a_block_counts_in_windows_that_hold_all_of_it(conn, package, runs):
    publish_days(conn, package, [*on(0), *on(1), *on(2)], spans=[span(1, 2)])
    days = [Window(FIRST, FIRST + timedelta(days=n)) for n in (1, 2, 3)]
    assert [total(conn, PUBLIC, runs, each).n for each in days] == [6, 6, 18]


def test_a_cut_is_told_by_its_keys_and_adds_up_over_blocks(conn, package, runs):
    rows = [*on(0, version="1"), *on(1, version="1", ok=False), *on(1, version="2", model="m2")]
    publish_days(conn, package, rows)
    found = cells(conn, PUBLIC, runs, TWO_WEEKS, "version,model")
    assert {keys: (sums.n, sums.failures) for keys, sums in found.items()} == {
        ("1", "m1"): (12, 6),
        ("2", "m2"): (6, 0),
    }
    both = by_cut(conn, PUBLIC, runs, TWO_WEEKS, "", "version,model", "country")
    assert both["version,model"] == found
    assert both[""] == {TOTAL: total(conn, PUBLIC, runs, TWO_WEEKS)}


def test_a_cut_that_nothing_is_told_of_is_empty(conn, package, runs):
    assert cells(conn, PUBLIC, runs, TWO_WEEKS, "no such cut") == {}
    assert total(conn, PUBLIC, runs, TWO_WEEKS) == Sums()


def test_days_of_their_own_are_told_with_people_rounded_down(conn, package, runs):
    publish_days(conn, package, [*on(0, 9), *on(1), *on(2)], spans=[span(1, 2)])
    publish_days(conn, package, on(0, 7))  # what came late
    ((day, number, sums),) = daily(conn, PUBLIC, runs, TWO_WEEKS)
    assert (day, number, sums.n) == (FIRST, 5, 16)


def test_people_are_those_whose_last_block_begins_in_the_window(conn, package, runs):
    publish_days(conn, package, [*on(0, 9), *on(1, 6)])
    assert people(conn, PUBLIC, runs, FIRST) == {"": 9}
    assert people(conn, PUBLIC, runs, FIRST + timedelta(days=1)) == {"": 6}
    assert people(conn, PUBLIC, runs, FIRST + timedelta(days=2)) == {}


@pytest.mark.parametrize(("exact", "shown"), [(0, 0), (4, 0), (5, 5), (89, 85), (90, 90)])
def test_people_are_rounded_down_to_fives(exact, shown):
    assert rounded(exact) == shown


def test_two_weeks_are_compared_where_blocks_end_at_their_borders(conn, package, runs):
    publish_days(conn, package, [*every_day(), *on(13)])
    now, before = compared(conn, PUBLIC, runs, THIS_WEEK)
    assert (now.n, before.n) == (48, 42)


ACROSS = {
    "the last day waits": (every_day(but=[13]), []),
    "a block lies across the two weeks": (every_day(), [span(6, 7)]),
    "a block lies across their beginning": ([*every_day(), *on(-1)], [span(-1, 0)]),
}


@pytest.mark.parametrize(("rows", "spans"), ACROSS.values(), ids=ACROSS.keys())
def test_weeks_that_can_t_be_told_apart_are_not_compared(conn, package, runs, rows, spans):
    publish_days(conn, package, rows, spans=spans)
    assert compared(conn, PUBLIC, runs, THIS_WEEK) is None


def test_what_came_late_across_a_border_takes_no_comparison_away(conn, package, runs):
    publish_days(conn, package, every_day())
    publish_days(conn, package, [*on(6), *on(7)], spans=[span(6, 7)])
    now, before = compared(conn, PUBLIC, runs, THIS_WEEK)
    assert (now.n, before.n) == (42, 42)


def test_a_week_without_runs_is_compared_with_as_nothing(conn, package, runs):
    publish_days(conn, package, every_day(but=range(7)))
    _, before = compared(conn, PUBLIC, runs, THIS_WEEK)
    assert before == Sums()


def test_other_packages_and_streams_are_not_counted(conn, project, package, runs):
    publish_days(conn, make_package(conn, project, "another"), every_day())
    assert total(conn, PUBLIC, runs, TWO_WEEKS) == Sums()
    publish_days(conn, package, on(0))
    ratings = replace(runs, stream="ratings")
    assert total(conn, PUBLIC, ratings, TWO_WEEKS) == Sums()
    assert people(conn, PUBLIC, ratings, FIRST) == {}


def test_what_is_not_public_is_told_to_nobody(conn, project):
    hidden = make_package(conn, project, "inner", public=False)
    publish_days(conn, hidden, every_day())
    of = Published("package", hidden.id)
    assert total(conn, PUBLIC, of, TWO_WEEKS) == Sums()
    assert daily(conn, PUBLIC, of, TWO_WEEKS) == []
    assert people(conn, PUBLIC, of, FIRST) == {}
    assert compared(conn, PUBLIC, of, THIS_WEEK) is None


def test_means_are_of_what_was_told():
    sums = Sums(n=10, failures=2, timed=4, metered=2, tokens=300, duration_sum=100.0)
    assert (sums.success, sums.duration_ms, sums.tokens_each) == (0.8, 25.0, 150.0)
    assert Sums(n=4, score_sum=18).rating == 4.5
    assert (Sums().success, Sums().duration_ms) == (None, None)
    assert (Sums().tokens_each, Sums().rating) == (None, None)
