"""Members are listed by name where nobody else can be had by leaving them out."""

from analytics.community.listing import listed
from tests.analytics.community.shares import of

A_LOT = [
    *of("1", 1, n=90),
    *of("1", 2, n=80),
    *of("1", 3, n=30),
    *of("1", 4, n=20),
    *of("1", 5, n=10),
]


def names(team, *agreed):
    return sorted({share.actor_key for share in listed(team, set(agreed))})


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
