"""How deep a run of the suite looks: QUICK=1, as `make test` has it, is over in minutes.

Tests marked `thorough` are left out then, and most of those that draw whole pages or run the
worker; random ones try fewer cases, and of those that are given many values some are tried, unless
they are marked `every_case`. Else, as before a change lands or where pytest is asked for a file,
all is tried.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

QUICK = os.environ.get("QUICK", "0") != "0"
thorough = pytest.mark.thorough
every_case = (
    pytest.mark.every_case
)  # as of who may see what, where each value is a promise of its own
SOME = 3  # of many values
ONE_IN = {"tests/pages/": 4, "tests/jobs/": 2}  # where each test takes longer than most others


def cases(n: int) -> int:
    """How many random cases to try, of the so many that a thorough run tries."""
    return max(n // 6, 3) if QUICK else n


def first_of(values: Iterable[Any]) -> list[Any]:
    """Values to parametrize with, of which all but the first are for a thorough run."""
    first, *others = values
    return [first, *(pytest.param(other, marks=thorough) for other in others)]


def left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """What this run does not try."""
    if not QUICK:
        return []
    files: dict[str, dict[str, list[pytest.Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        if not item.get_closest_marker("thorough"):
            name = item.nodeid.partition("[")[0]
            files[name.partition("::")[0]][name].append(item)
    tried = set()
    for file, tests in files.items():
        step = next((n for folder, n in ONE_IN.items() if file.startswith(folder)), 1)
        tried |= {item for values in list(tests.values())[::step] for item in _some(values)}
    return [item for item in items if item not in tried]


def _some(values: Sequence[pytest.Item]) -> Sequence[pytest.Item]:
    """The values of a test that are tried: the first, the last, and some between them."""
    if len(values) <= SOME or values[0].get_closest_marker("every_case"):
        return values
    return [values[place * (len(values) - 1) // (SOME - 1)] for place in range(SOME)]
