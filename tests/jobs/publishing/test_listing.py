"""Who may be named beside what their team and each row of days is known to have run."""

from datetime import date, timedelta

from analytics.community.listing import listed
from analytics.community.suppression import Share

MONDAY = date(2026, 3, 16)
ANY = dict.fromkeys(("package", "version", "model", "error_type", "platform", "country"), "")
NONE = dict.fromkeys(("failures", "timed", "metered", "tokens", "credits", "score_sum", "good"), 0)


def team(name, *lines):
    """The cell of a team: `day first-last runs` of people by number."""
    shares = []
    for line in lines:
        day, who, n = line.split()
        first, _, last = who.partition("-")
        for key in range(int(first), int(last or first) + 1):
            of = ANY | NONE | {"team": name, "installer": "", "audience": "", "duration_sum": 0.0}
            on = MONDAY + timedelta(days=int(day))
            shares.append(Share(day=on, actor_key=key, organisation_id=1, n=int(n), **of))
    return {(name,): shares}


def names(teams, agreed, days=1):
    """Who is listed, where each of the days is a block."""
    borders = [MONDAY + timedelta(days=day) for day in range(1, days)]
    return {share.actor_key for share in listed(teams, borders, set(agreed))}


def test_all_who_agree_are_named_where_five_do_not_or_none():
    assert names(team("X", "0 1-9 1"), range(1, 5)) == {1, 2, 3, 4}
    assert names(team("X", "0 1-5 1"), range(1, 6)) == {1, 2, 3, 4, 5}


def test_who_ran_least_of_a_team_hides_with_the_others():
    assert names(team("X", "0 1 9", "0 2 1", "0 3-9 5"), range(1, 6)) == {1, 3, 4, 5}


def test_the_one_who_is_not_named_on_a_day_is_hidden_by_those_who_were_there_then():
    two = team("X", "0 1-4 1", "1 6-10 1") | team("Y", "0 5 3", "1 11-15 1")
    assert names(two, range(1, 5), days=2) == set()
    assert names(two, range(1, 5), days=1) == {1, 2, 3, 4}


def test_a_team_that_was_there_on_some_days_alone_hides_nobody_of_another():
    two = team("X", "0 1-5 1", "1 6-10 1") | team("Y", "0 11-15 1")
    assert names(two, range(1, 5), days=2) == set()


def test_who_hides_on_one_day_is_among_the_hidden_of_the_next():
    one = team("X", "0 1-4 1", "0 5-9 1", "1 1-4 1", "1 10 1", "2 11-19 1")
    assert names(one, [*range(1, 5), 11], days=3) == {11}
