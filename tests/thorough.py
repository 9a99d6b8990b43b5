"""How deep a run of the suite looks: THOROUGH=1 tries all, as is done before a change lands.

Else it is over in minutes: random tests try fewer cases, and those marked `thorough` are left out.
"""

import os
from collections.abc import Iterable
from typing import Any

import pytest

THOROUGH = os.environ.get("THOROUGH", "0") != "0"
thorough = pytest.mark.thorough


def cases(n: int) -> int:
    """How many random cases to try, of the so many that a thorough run tries."""
    return n if THOROUGH else max(n // 6, 3)


def first_of(values: Iterable[Any]) -> list[Any]:
    """Values to parametrize with, of which all but the first are for a thorough run."""
    first, *others = values
    return [first, *(pytest.param(other, marks=thorough) for other in others)]
