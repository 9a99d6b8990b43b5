"""P-values of several questions at once, made larger: one of many is small by luck."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from statsmodels.stats.multitest import multipletests

Method = Literal["holm", "fdr_bh"]


def adjusted(values: Sequence[float | None], method: Method) -> list[float | None]:
    """The adjusted p-values in their order; what is None was not asked, and stays None.

    "holm" bounds the chance of any false one (Holm 1979), "fdr_bh" the share of false ones among
    those called significant (Benjamini, Hochberg 1995).
    """
    asked = [value for value in values if value is not None]
    if not asked:
        return list(values)
    found = iter(multipletests(np.array(asked), method=method)[1].tolist())
    return [None if value is None else next(found) for value in values]
