"""How deep a run of the suite looks: THOROUGH=1 tries all, as is done before a change lands.

Else it is over in minutes: tests marked `thorough` are left out, random ones try fewer cases, and
of those that are given many values some are tried, unless they are marked `every_case`.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

THOROUGH = os.environ.get("THOROUGH", "0") != "0"
thorough = pytest.mark.thorough
every_case = (
    pytest.mark.every_case
)  # as of who may see what, where each value is a promise of its own
SOME = 5


def cases(n: int) -> int:
    """How many random cases to try, of the so many that a thorough run tries."""
    return n if THOROUGH else max(n // 6, 3)


def first_of(values: Iterable[Any]) -> list[Any]:
    """Values to parametrize with, of which all but the first are for a thorough run."""
    first, *others = values
    return [first, *(pytest.param(other, marks=thorough) for other in others)]


def left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """What this run does not try."""
    if THOROUGH:
        return []
    tests = defaultdict(list)
    for item in items:
        tests[item.nodeid.partition("[")[0]].append(item)
    tried = {id(item) for values in tests.values() for item in _some(values)}
    return [item for item in items if id(item) not in tried]


def _some(values: Sequence[pytest.Item]) -> Sequence[pytest.Item]:
    """The values of a test that are tried: the first, the last, and some between them."""
    usual = [item for item in values if not item.get_closest_marker("thorough")]
    if len(usual) <= SOME or usual[0].get_closest_marker("every_case"):
        return usual
    return [usual[place * (len(usual) - 1) // (SOME - 1)] for place in range(SOME)]
