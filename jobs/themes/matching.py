"""Know themes again: what is found now against what was found before, by their terms."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from jobs.themes.finding import Terms

SAME = 0.4  # cosine from which on what is found is a theme that is known


def known_again(found: Sequence[Terms], known: Sequence[Terms]) -> dict[int, int]:
    """Place in `found` to place in `known`: the one-to-one pairs that are most alike together."""
    if not found or not known:
        return {}
    alike = _cosines(found, known)
    pairs = zip(*linear_sum_assignment(-alike), strict=True)
    return {int(new): int(old) for new, old in pairs if alike[new, old] >= SAME}


def _cosines(found: Sequence[Terms], known: Sequence[Terms]) -> NDArray[np.float64]:
    """Terms are of length 1, so that a product is a cosine."""
    return np.array([[_product(new, old) for old in known] for new in found])


def _product(one: Terms, other: Terms) -> float:
    return sum(weight * other.get(stem, 0.0) for stem, weight in one.items())
