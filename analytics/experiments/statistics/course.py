"""How the effect came about day by day, with the intervals that hold for every look."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import pandas as pd

from analytics.experiments.definition import Metric
from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.effects import Effect
from analytics.experiments.statistics.estimating import estimate
from analytics.experiments.statistics.moments import NOTHING, NUMBERS, Sums

EFFECTS = {
    "lift": "lift",
    "low": "lift_low",
    "high": "lift_high",
    "difference": "difference",
    "difference_low": "low",
    "difference_high": "high",
}


def band(metric: Metric, design: Design, sums: pd.DataFrame) -> pd.DataFrame:
    """Each treatment's effect with all that was there by the end of each day.

    `sums` are as for `reading`. Columns: day (datetime64[s]), variant (str), n (int64, actors of
    the treatment), lift, low, high (float64, fractions of the control's mean) and difference,
    difference_low, difference_high (float64, in the metric's unit); nan where there is no such
    number yet.
    """
    rows = list(_rows(metric, design, sums[sums["metric"] == metric.id]))
    frame = pd.DataFrame(rows, columns=["day", "variant", "n", *EFFECTS])
    kinds = {"day": "datetime64[s]", "variant": "object", "n": "int64"}
    return frame.astype({**kinds, **dict.fromkeys(EFFECTS, "float64")})


def told(effect: Effect | None) -> list[float | None]:
    """The numbers of EFFECTS."""
    return [None if effect is None else getattr(effect, name) for name in EFFECTS.values()]


def _rows(metric: Metric, design: Design, sums: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for day, there in _cumulative(sums):
        for variant in design.treatments:
            pair = design.pair(there, variant)
            shown = estimate(metric, variant, design, pair).now
            yield day, variant, pair[1].n, *told(shown)


def _cumulative(sums: pd.DataFrame) -> Iterator[tuple[object, dict[str, Sums]]]:
    """Each day with rows, and the sums by variant up to its end."""
    rows = sums.sort_values("day")
    numbers = rows[list(NUMBERS)].to_numpy(dtype="float64").tolist()
    there: dict[str, Sums] = {}
    by_day = groupby(zip(rows["day"], rows["variant"], numbers, strict=True), key=itemgetter(0))
    for day, added in by_day:
        for _, variant, (n, *more) in added:
            there[variant] = there.get(variant, NOTHING) + Sums(int(n), *more)
        yield day, there
