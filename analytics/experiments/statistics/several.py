"""P-values of several questions at once, made larger: one of many is small by luck."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

Method = Literal["holm", "bh"]


def adjusted(values: Sequence[float | None], method: Method) -> list[float | None]:
    """The adjusted p-values in their order; what is None was not asked, and stays None.

    "holm" bounds the chance of any false one (Holm 1979), "bh" the share of false ones among those
    called significant (Benjamini, Hochberg 1995).
    """
    from scipy.stats import false_discovery_control  # takes half a second

    asked = [value for value in values if value is not None]
    if not asked:
        return list(values)
    found = iter(_holm(asked) if method == "holm" else false_discovery_control(asked).tolist())
    return [None if value is None else next(found) for value in values]


def _holm(values: Sequence[float]) -> list[float]:
    """The smallest times their number, the next times one less, and none below one before it."""
    order = np.argsort(values)
    larger = np.sort(values) * np.arange(len(values), 0, -1)
    result = np.empty(len(values))
    result[order] = np.minimum(np.maximum.accumulate(larger), 1.0)
    return [float(value) for value in result]
