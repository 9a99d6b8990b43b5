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


@pytest.mark.parametrize(("folder", "step"), thorough.ONE_IN.items())
def test_where_tests_take_long_one_in_some_of_a_file_is_tried(quick, folder, step):
    files = [f"{folder}{name}.py::" for name in "ab"]
    found = tried([Item(f"{file}{n}") for file in files for n in range(step + 1)])
    assert found == [f"{file}{n}" for file in files for n in (0, step)]


def test_else_all_is_tried(monkeypatch):
    monkeypatch.setattr(thorough, "QUICK", False)
    items = values("tests/pages/a.py::one", 9, "thorough")
    assert len(tried(items)) == 9
