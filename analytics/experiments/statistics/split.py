"""Whether actors came to the variants as planned, or there is a sample ratio mismatch (SRM)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

WRONG_BELOW = 0.001
LEAST_EXPECTED = 5  # actors of each variant, for chi-squared to be near its distribution


@dataclass(frozen=True, slots=True)
class Split:
    """How many were first exposed to each variant, against how many should have been.

    `frame` has the columns variant (str), n (int64), expected (float64) and mixed (int64: of n,
    were seen in another variant as well). `p` is None while fewer than five are expected somewhere.
    """

    p: float | None
    wrong: bool
    frame: pd.DataFrame

    @property
    def n(self) -> int:
        """All who were exposed."""
        return int(self.frame["n"].sum())


def check_split(weights: Mapping[str, int], exposures: pd.DataFrame) -> Split:
    """Pearson's chi-squared of exposures (rows with variant, n, mixed) against weights.

    Sample ratio mismatch: Fabijan and others 2019, "Diagnosing sample ratio mismatch in online
    controlled experiments". An exposure to a variant of no weight is wrong at once.
    """
    frame = exposures.groupby("variant")[["n", "mixed"]].sum().reindex(list(weights), fill_value=0)
    total, parts = frame["n"].sum(), pd.Series(weights, dtype="float64")
    frame["expected"] = total * parts / parts.sum()
    p = _p(frame)
    frame = frame.reset_index(names="variant")[["variant", "n", "expected", "mixed"]]
    return Split(p, p is not None and p < WRONG_BELOW, frame)


def _p(frame: pd.DataFrame) -> float | None:
    from scipy.stats import chisquare  # takes half a second, which pages wait for

    due = frame["expected"] > 0
    if frame.loc[~due, "n"].sum() > 0:
        return 0.0
    if due.sum() < 2 or frame.loc[due, "expected"].min() < LEAST_EXPECTED:
        return None
    return float(chisquare(frame.loc[due, "n"], frame.loc[due, "expected"]).pvalue)
