"""What a quick run tries: some of much, and all that is a promise of its own."""

from dataclasses import dataclass

import pytest

from tests import thorough


@dataclass(frozen=True)
class Item:
    """As much of a test as is asked for."""

    nodeid: str
    marks: frozenset[str] = frozenset()

    def get_closest_marker(self, name):
        return name if name in self.marks else None


def values(test, n, *marks):
    return [Item(f"{test}[{number}]", frozenset(marks)) for number in range(n)]


def tried(items):
    left = thorough.left_out(items)
    return [item.nodeid for item in items if item not in left]


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(thorough, "QUICK", True)


def test_a_test_that_is_marked_is_left_out(quick):
    assert tried([Item("a.py::one"), Item("a.py::two", frozenset(["thorough"]))]) == ["a.py::one"]


def test_of_many_values_the_first_the_last_and_one_between_are_tried(quick):
    assert tried(values("a.py::one", 9)) == ["a.py::one[0]", "a.py::one[4]", "a.py::one[8]"]
    assert len(tried(values("a.py::one", 3))) == 3


def test_each_value_that_is_a_promise_of_its_own_is_tried(quick):
    assert len(tried(values("a.py::one", 9, "every_case"))) == 9


def test_of_those_that_draw_pages_one_in_three_is_tried(quick):
    drawing = [Item(f"tests/pages/{file}.py::{n}") for file in "ab" for n in range(4)]
    assert [name[-4:] for name in tried(drawing)] == ["y::0", "y::3", "y::0", "y::3"]


def test_else_all_is_tried(monkeypatch):
    monkeypatch.setattr(thorough, "QUICK", False)
    items = values("tests/pages/a.py::one", 9, "thorough")
    assert len(tried(items)) == 9
