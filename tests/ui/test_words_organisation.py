"""An organisation in words: who is active, how runs changed, and what adds up."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from analytics.community.organisation import (
    Headed,
    Listed,
    OrganisationUsage,
    TeamUse,
    TopPackage,
)
from analytics.community.published import Sums
from ui import words_my_data
from ui import words_organisation as words

UID = UUID(int=1)
ACME = Headed(1, UID, "Acme", 50, False, {}, date(2026, 3, 30), "UTC")
TEAMS = (
    TeamUse("Frontend", 15, 1_922, 2_340),
    TeamUse("Backend", 10, 1_725, 2_100),
    TeamUse("DevOps", 10, 1_155, 1_407),
    TeamUse("", 5, 821, 1_000),
)
MARCH = OrganisationUsage(
    ACME,
    date(2026, 3, 1),
    date(2026, 3, 31),
    totals=Sums(n=5_623, credits=6_847),
    active=47,
    runs_before=4_196,
    teams=TEAMS,
)


def test_active_seats_are_exact_for_thirty_days_and_else_at_least_so_many():
    week = replace(MARCH, start=date(2026, 3, 24), active=45)
    assert [words.active(each) for each in (MARCH, week)] == ["47 of 50", "45+ of 50"]
    assert [words.adoption(each) for each in (MARCH, week)] == [
        ("94.0%", ""),
        ("90.0%", "at least"),
    ]
    assert [words.idle(each) for each in (MARCH, week)] == ["3", "\u2013"]


def test_there_may_be_more_active_members_than_seats():
    small = replace(MARCH, organisation=replace(ACME, seats=5), active=6)
    assert (words.active(small), words.adoption(small), words.idle(small)) == (
        "6 on 5",
        ("100.0%", ""),
        "0",
    )


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (4_196, "Runs up 34% on the 30 days before"),
        (6_000, "Runs down 6.3% on the 30 days before"),
        (5_623, "Runs level with the 30 days before"),
        (None, "Runs a day"),
    ],
)
def test_the_change_is_told_where_there_is_one(before, told):
    assert words.daily_finding(replace(MARCH, runs_before=before)) == told


def test_the_caption_names_the_days_and_what_they_are_compared_with():
    told = words.caption(MARCH, MARCH.start, MARCH.end)
    assert told.startswith("1 Mar to 30 Mar 2026")
    assert told.endswith("compared with 30 Jan to 28 Feb 2026.")
    alone = words.caption(replace(MARCH, runs_before=None), MARCH.start, MARCH.end)
    assert "There are no 30 days before to compare with." in alone


def test_a_range_over_new_year_names_both_years():
    assert words.span(date(2025, 12, 31), date(2026, 1, 2)) == "31 Dec 2025 to 1 Jan 2026"


def test_the_parts_of_the_cost_are_the_whole():
    assert words.teams_finding(TEAMS) == "Frontend spent 2,340 of 6,847 credits"
    note = words.teams_note(TEAMS, 0.02).replace("\\", "")
    assert note == "The parts add up to 6,847 credits, $136.94 at $0.02 a credit."


def test_what_has_no_name_of_its_own_is_called_by_what_it_is():
    assert [words.team(name) for name in ("", "other", "Web")] == [
        "Unassigned",
        "Others together",
        "Web",
    ]
    merged = TopPackage(None, "other", 5, 10, 10, None, 0)
    named = replace(merged, uid=UID, name="other")
    assert [words.package(each) for each in (merged, named)] == ["Others together", "other"]


def test_people_are_told_as_at_least_so_many():
    assert [words.people(number) for number in (85, 0)] == ["85+", "\u2013"]


def test_the_leading_package_is_one_that_has_a_name():
    merged = TopPackage(None, "other", 45, 2_233, 2_717, None, 0)
    first = TopPackage(UID, "code-reviewer", 35, 1_247, 1_521, 4.2, 454)
    told = words.packages_finding([merged, first])
    assert told == "code-reviewer leads with 1,247 runs by 35+ people"
    assert words.packages_finding([merged]) == "Packages"


def test_the_leaderboard_says_how_many_agreed():
    at = datetime(2026, 3, 30, tzinfo=UTC)
    listed = [Listed("john", "Web", 234, 287, at), Listed("jane", "Web", 198, 210, at)]
    assert words.leaderboard_finding(listed) == "john leads, of 2 who agreed to be listed"


@pytest.mark.parametrize(
    ("counted", "told"),
    [
        (None, words_my_data.WAITING),
        ({"runs": 1_342, "member_days": 3}, "Erased: 1,342 of runs and 3 of member days."),
        ({"runs": 1, "votes": 0}, "Erased: 1 of runs."),
        ({"runs": 0}, "Erased. There was nothing of you."),
    ],
)
def test_a_receipt_counts_what_went(counted, told):
    assert words_my_data.receipt(counted) == told
