"""Members are listed by name where nobody else can be had by leaving them out."""

from datetime import timedelta

from analytics.community.listing import listed
from tests.analytics.community.shares import DAY, of

A_LOT = [
    *of("1", 1, n=90),
    *of("1", 2, n=80),
    *of("1", 3, n=30),
    *of("1", 4, n=20),
    *of("1", 5, n=10),
]


def names(team, *agreed):
    """Who is listed of one team, which was cut alone."""
    return names_of({("X",): team}, *agreed, days=1)


def names_of(teams, *agreed, days):
    """Who is listed, where each of so many days is a block."""
    borders = [DAY + timedelta(day) for day in range(1, days)]
    return sorted({share.actor_key for share in listed(teams, borders, set(agreed))})


def on(day, *who, **given):
    return of("1", *who, day=DAY + timedelta(day), **given)


def test_all_are_listed_where_all_agree():
    assert names(A_LOT, 1, 2, 3, 4, 5) == [1, 2, 3, 4, 5]


def test_nobody_is_listed_where_nobody_agrees():
    assert names(A_LOT) == []


def test_of_five_nobody_is_listed_beside_one_who_does_not_agree():
    assert names(A_LOT, 1, 2, 3, 4) == []


def test_those_who_ran_least_hide_who_does_not_agree():
    team = [*A_LOT, *of("1", 6, n=70), *of("1", 7, n=5)]
    assert names(team, 1, 2, 3, 4, 5, 7) == [1, 2]


def test_five_who_do_not_agree_hide_one_another():
    team = [*A_LOT, *of("1", *range(10, 15))]
    assert names(team, 1, 2, 3, 4, 5) == [1, 2, 3, 4, 5]


def test_all_that_somebody_ran_counts_for_who_ran_least():
    team = [*of("1", 1, n=10), *of("1", 1, n=10), *of("1", 2, 3, 4, 5, n=15), *of("1", 6, n=99)]
    assert names(team, 1, 2, 3, 4, 5) == [1]


def test_who_alone_is_not_named_on_a_day_is_hidden_by_those_who_were_there_then():
    mine = [*on(0, 1, 2, 3, 4), *on(1, *range(6, 11))]
    two = {("X",): mine, ("Y",): [*on(0, 5, n=3), *on(1, *range(11, 16))]}
    assert names_of(two, 1, 2, 3, 4, days=2) == []
    assert names_of(two, 1, 2, 3, 4, days=1) == [1, 2, 3, 4]


def test_a_team_that_was_there_on_one_day_alone_hides_nobody_of_another_team():
    mine = [*on(0, 1, 2, 3, 4, 5), *on(1, *range(6, 11))]
    two = {("X",): mine, ("Y",): on(0, *range(11, 16))}
    assert names_of(two, 1, 2, 3, 4, days=2) == []


def test_who_hides_somebody_of_one_day_is_not_named_for_another():
    mine = [*on(0, *range(1, 10)), *on(1, 1, 2, 3, 4, 10), *on(2, *range(11, 20))]
    assert names_of({("X",): mine}, 1, 2, 3, 4, 11, days=3) == [11]
