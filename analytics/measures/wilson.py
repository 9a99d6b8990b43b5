"""The interval of a share (Wilson, 1927)."""

from typing import TypeVar

import numpy as np

from analytics.measures.cutting import Values

Number = TypeVar("Number", float, Values)


def wilson(share: Number, n: Number, z: float) -> tuple[Number, Number]:
    """The middle of the interval of a share of n, 0 to 1, and half its length.

    `z` is the quantile of the normal distribution: 1.96 for 95 %.
    """
    whole = 1 + z * z / n
    middle = (share + z * z / (2 * n)) / whole
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / whole
    return middle, half
