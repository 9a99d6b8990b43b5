"""Several days are cut at once where one alone would be mostly "other"."""

from datetime import date, timedelta

from analytics.community.detailing import Counted, alone, cuts, total
from analytics.community.suppression import OTHER, Block
from tests.analytics.community.shares import DAY, of, people

LATER = DAY + timedelta(days=60)


def counted(*days):
    """Blocks of a day each: the day's number, and its shares made by `of`."""
    return [
        Counted(
            10 + n,
            Block(
                DAY + timedelta(n),
                DAY + timedelta(n),
                [s._replace(day=DAY + timedelta(n)) for s in shares],
            ),
        )
        for n, shares in days
    ]


def cut(blocks, until=LATER):
    """The days of each cut by version, the block it goes through, and its people."""
    made = cuts("package", ("version",), blocks, until)
    return [((e.last_day - e.first_day).days + 1, e.through, people(e.cells)) for e in made]


def test_a_day_that_tells_nearly_all_is_cut_alone():
    told = [*of("1", *range(10)), *of("2", *range(10))]
    days = counted((0, told), (1, told))
    each = {("1",): 10, ("2",): 10}
    assert cut(days) == [(1, 10, each), (1, 11, each)]


def test_days_are_cut_together_until_they_tell_nearly_all():
    days = counted(
        (0, [*of("1", *range(5)), *of("2", 1, 2)]), (1, [*of("1", *range(5)), *of("2", 3, 4, 5)])
    )
    assert cut(days) == [(2, 11, {("1",): 5, ("2",): 5})]


def test_after_a_week_what_is_too_little_is_merged():
    days = counted(*((n, [*of("1", *range(5)), *of("2", 1)]) for n in range(9)))
    assert cut(days) == [(7, 16, {(OTHER,): 5}), (2, 18, {(OTHER,): 5})]


def test_what_may_still_be_joined_waits():
    days = counted((0, [*of("1", *range(5)), *of("2", 1)]))
    assert cut(days, until=DAY + timedelta(days=5)) == []
    assert cut(days, until=DAY + timedelta(days=6)) == [(1, 10, {(OTHER,): 5})]


def test_a_block_longer_than_a_week_is_cut_alone():
    shares = [*of("1", *range(5)), *of("2", 1)]
    long = Counted(1, Block(DAY, DAY + timedelta(days=20), shares))
    following = Counted(2, Block(DAY + timedelta(days=21), DAY + timedelta(days=21), shares))
    assert [(length, through) for length, through, _ in cut([long, following])] == [(21, 1), (1, 2)]


def test_a_version_that_began_in_a_week_does_not_tell_of_those_who_stayed():
    """The day's total less the new version would be what the one who stayed did on that day."""
    first = [*of("1", *range(5)), *of("3", 6, 7, 8)]
    second = [*of("2", *range(20, 25)), *of("3", 9, 10)]
    assert cut(counted((0, first), (1, second)), until=DAY + timedelta(days=2)) == []
    (late,) = cut(counted((0, first), (1, second)))
    assert late == (2, 11, {("3",): 5, (OTHER,): 10})


def test_a_total_is_one_cell_and_what_came_late_is_cut_at_once():
    block = Block(date(2026, 3, 2), date(2026, 3, 5), [*of("1", *range(5)), *of("2", 1)])
    assert people(total(block).cells) == {(): 5}
    late = alone("package", ("version",), block)
    assert (late.name, late.through, people(late.cells)) == ("version", None, {(OTHER,): 5})


def test_errors_are_gathered_for_four_weeks_until_most_of_them_have_a_name():
    """However many runs had none."""
    fine = of("1", *range(5))
    failed = [
        s._replace(error_type="Timeout", failures=1) for n in range(9) for s in of("1", n, n + 1)
    ]
    days = counted(*((n, [*fine, *failed[2 * n : 2 * n + 2]]) for n in range(9)))
    (made,) = cuts("package", ("error_type",), days[:4], LATER)
    assert people(made.cells) == {("",): 5, ("Timeout",): 5}
    assert list(cuts("package", ("error_type",), days[:3], DAY + timedelta(days=26))) == []
    (made,) = cuts("package", ("error_type",), days[:3], DAY + timedelta(days=27))
    assert people(made.cells) == {(OTHER,): 5}
