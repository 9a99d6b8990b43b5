"""Ids of rows are the same each time, and tell equal rows apart."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_api.importing.row_ids import RowIds
from tests.thorough import cases

rows = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)), max_size=30)


@settings(max_examples=cases(25), deadline=None)
@given(rows)
def test_ids_are_unique_and_the_same_at_each_reading(file):
    first, again = RowIds(b"secret"), RowIds(b"secret")
    ids = [first.of(row) for row in file]
    assert len(set(ids)) == len(file)
    assert ids == [again.of(row) for row in file]


@settings(max_examples=cases(25), deadline=None)
@given(rows, st.randoms())
def test_another_order_of_the_rows_gives_the_same_ids(file, random):
    shuffled = random.sample(file, len(file))
    one, other = RowIds(b"secret"), RowIds(b"secret")
    assert {one.of(row) for row in file} == {other.of(row) for row in shuffled}


def test_ids_depend_on_the_secret_so_that_no_row_can_be_guessed_from_its_id():
    row = {"user": "u1"}
    assert RowIds(b"one").of(row) != RowIds(b"other").of(row)


def test_columns_may_be_left_out_of_the_id():
    ids = RowIds(b"secret", frozenset({"event"}))
    assert ids.of({"event": "open", "user": "u1"}) == RowIds(b"secret").of({"event": "open"})
