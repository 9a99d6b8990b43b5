from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.filters import Filters
from analytics.measures.actives import Actives
from analytics.periods import whole

FIRST = date(2026, 1, 1)
SPAN = 200

histories = st.sets(st.tuples(st.integers(-3, 12), st.integers(0, SPAN - 1)), max_size=60)
ranges = st.tuples(st.integers(0, SPAN - 1), st.integers(1, SPAN)).map(
    lambda pair: (min(pair[0], pair[1] - 1), pair[1])
)


def day(number):
    return FIRST + timedelta(days=number)


def actives(seen, today=SPAN):
    """The bitmaps of a set of (actor, day)."""
    keys = np.array(sorted({who for who, _ in seen}), np.int64)
    words = np.zeros((4, len(keys)), np.uint64)
    for who, number in seen:
        words[number // 64, np.searchsorted(keys, who)] |= np.uint64(1 << number % 64)
    return Actives(FIRST, day(today), keys, words)


def people(seen, start, end):
    return len({who for who, number in seen if start <= number < end})


def period(start, end):
    now = datetime(2030, 1, 1, tzinfo=UTC)
    return whole(Filters(1, "UTC", "opt-out", day(start), day(end), now))


@given(histories, ranges)
def test_bits_count_the_same_people_as_a_set(seen, bounds):
    start, end = bounds
    assert actives(seen).distinct(day(start), day(end)) == people(seen, start, end)


@given(histories, st.integers(0, SPAN - 1), st.sampled_from([1, 7, 28]))
def test_trailing_windows_end_with_their_day(seen, last, days):
    found = actives(seen).trailing(days, [period(last, last + 1)])
    assert found.tolist() == [people(seen, last + 1 - days, last + 1)]


def test_of_nobody_nobody_is_active():
    nobody, shown = Actives.empty(), [period(0, 1), period(3, 9)]
    assert nobody.uniques(shown).tolist() == [0, 0]
    assert nobody.trailing(28, shown).tolist() == [0, 0]
    assert np.isnan(nobody.stickiness(shown)).all()


@given(st.lists(histories, min_size=1, max_size=4), ranges)
def test_merging_is_the_union_and_nobody_is_counted_twice(parts, bounds):
    together = Actives.merged([actives(part) for part in parts])
    everybody = set().union(*parts)
    assert together.distinct(day(bounds[0]), day(bounds[1])) == people(everybody, *bounds)


@given(histories, ranges)
def test_stickiness_is_a_mean_of_shares_and_missing_without_a_month(seen, bounds):
    (share,) = actives(seen).stickiness([period(*bounds)])
    months = [people(seen, last - 27, last + 1) for last in range(*bounds)]
    assert np.isnan(share) == (not any(months))
    assert np.isnan(share) or 0 <= share <= 1


def test_the_day_that_is_not_over_is_left_out_of_the_mean_unless_it_is_all_there_is():
    seen = {(1, 0), (2, 0), (1, 1)}
    today = actives(seen, today=1)
    assert today.stickiness([period(0, 2)]).tolist() == [1.0]
    assert today.stickiness([period(1, 2)]).tolist() == [0.5]
