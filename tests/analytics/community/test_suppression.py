"""What is published is about five people at least, for everybody who may see it."""

from datetime import timedelta

import pytest

from analytics.community.suppression import OTHER, blocks, cells, is_enough, is_safe
from tests.analytics.community.shares import ALONE, DAY, of, people, share

PEOPLE = range(1, 6)


def crowd(*each):
    """`count@organisation`: so many people, who ran for it alone."""
    counts = [part.split("@") for part in each]
    return {(f"{at}-{n}", int(at)) for count, at in counts for n in range(int(count))}


@pytest.mark.parametrize(
    ("who", "enough"),
    [
        ("5@0", True),
        ("4@0", False),
        ("9@1", False),
        ("9@1 5@0", True),
        ("9@1 9@2", False),
        ("9@1 9@2 4@3", False),
        ("9@1 9@2 5@3", True),
        ("9@1 9@2 2@3 2@4 1@0", True),
        ("9@1 9@2 2@3 2@4", False),
    ],
)
def test_of_a_package_five_are_left_whichever_two_organisations_subtract_their_own(who, enough):
    assert is_enough("package", crowd(*who.split())) is enough


def test_who_ran_for_two_organisations_is_known_to_both_together():
    both = {(who, organisation) for who in range(5) for organisation in (1, 2)}
    assert not is_enough("package", both)
    assert is_enough("package", both | {(who, 3) for who in range(5)})
    assert is_enough("package", both | {(who, ALONE) for who in range(5)})


@pytest.mark.parametrize(("who", "enough"), [("5@1", True), ("4@1", False)])
def test_of_an_organisation_five_are_enough(who, enough):
    assert is_enough("organisation", crowd(who)) is enough


def test_the_one_person_who_told_a_duration_is_not_to_be_had_from_an_average():
    known = of("1", *PEOPLE)
    assert is_safe("package", known)
    assert not is_safe("package", [*known, share(1, timed=1, duration_sum=9.0)])
    told = [share(who, timed=1, duration_sum=9.0) for who in PEOPLE]
    assert is_safe("package", [*known, *told])
    assert not is_safe("package", [*known, *told, share(1, metered=1, tokens=7)])


def day_by_day(*days):
    return [(DAY + timedelta(n), [share(w, DAY + timedelta(n)) for w in d]) for n, d in days]


def test_days_wait_until_enough_people_came():
    days = day_by_day((0, PEOPLE), (1, (1, 2)), (2, (2, 3)), (4, (4, 5)), (5, (1, 2, 3, 4)))
    found = [(b.first_day.day, b.last_day.day, len(b.shares)) for b in blocks("package", days)]
    assert found == [(2, 2, 5), (3, 6, 6)]


def test_a_block_is_without_durations_that_too_few_told():
    shares = [*of("1", *PEOPLE), share(6, timed=1, duration_sum=70.0, metered=1, tokens=3)]
    (block,) = blocks("package", [(DAY, shares)])
    assert {(s.timed, s.duration_sum, s.metered, s.tokens) for s in block.shares} == {(0, 0, 0, 0)}
    assert sum(s.n for s in block.shares) == 6


def test_cells_of_enough_people_stay_as_they_are():
    cut = cells("package", ("version",), of("1", *PEOPLE) + of("2", *PEOPLE, 6))
    assert people(cut) == {("1",): 5, ("2",): 6}


def test_a_small_cell_takes_another_with_it_so_that_it_cant_be_subtracted():
    shares = of("1", *range(9)) + of("2", *range(7)) + of("3", 1)
    assert people(cells("package", ("version",), shares)) == {("1",): 9, (OTHER,): 7}


def test_small_cells_are_enough_for_one_another():
    shares = of("1", *PEOPLE) + of("2", 6, 7, 8) + of("3", 8, 9, 10)
    assert people(cells("package", ("version",), shares)) == {("1",): 5, (OTHER,): 5}


def test_the_last_key_is_merged_before_the_first():
    shares = of("1", *PEOPLE, model="a") + of("1", 1, 2, 3, model="b") + of("1", 4, 5, model="c")
    shares += (
        of("2", *PEOPLE, model="a") + of("2", 1, model="b") + of("3", *range(6, 10), model="a")
    )
    cut = cells("package", ("version", "model"), shares)
    expected = {("1", "a"): 5, ("1", OTHER): 5, ("2", "a"): 5, (OTHER, OTHER): 5}
    assert people(cut) == expected


def test_what_is_really_called_other_is_among_the_others():
    shares = of(OTHER, *PEOPLE) + of("1", *PEOPLE) + of("2", 6)
    assert people(cells("package", ("version",), shares)) == {(OTHER,): 6, ("1",): 5}


def test_a_version_that_one_organisation_alone_runs_is_not_told():
    shares = of("1", *PEOPLE) + of("2", *range(10, 30), organisation_id=1)
    assert people(cells("package", ("version",), shares)) == {(OTHER,): 25}


def test_a_block_as_a_whole_is_one_cell():
    assert people(cells("package", (), of("1", *PEOPLE))) == {(): 5}
