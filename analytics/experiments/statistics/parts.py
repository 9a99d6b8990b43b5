"""Whether an effect is another in one part of the actors than in the rest: exploratory."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analytics.experiments.definition import Metric
from analytics.experiments.statistics.course import EFFECTS, told
from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.estimates import Estimate
from analytics.experiments.statistics.estimating import estimate
from analytics.experiments.statistics.moments import NOTHING, Sums, sums_of
from analytics.experiments.statistics.sequential import anytime_p
from analytics.experiments.statistics.several import adjusted


def by_value(metric: Metric, design: Design, sums: pd.DataFrame) -> pd.DataFrame:
    """Each treatment's effect on the actors of each value of a dimension.

    `sums` has rows of metric, value, variant, n, y ... zz. Columns: value, variant (str), n (int64,
    actors of the treatment), lift, low, high, difference, difference_low, difference_high as in
    `band`, p (float64) and different (bool: p < level). `p` says whether the lift differs from that
    of all other actors: the logarithms of the two ratios are compared. It holds for any moment, is
    corrected for all rows (Benjamini-Hochberg), and is nan where nothing may be concluded.
    """
    parts = {
        str(value): sums_of(rows)
        for value, rows in sums[sums["metric"] == metric.id].groupby("value")
    }
    rows = list(_rows(metric, design, parts))
    frame = pd.DataFrame([row[:-1] for row in rows], columns=["value", "variant", "n", *EFFECTS])
    found = adjusted([row[-1] for row in rows], "bh")
    frame["p"] = pd.Series(found, frame.index, "float64")
    kinds = dict.fromkeys(("value", "variant"), "object") | {"n": "int64"}
    frame = frame.astype({**kinds, **dict.fromkeys((*EFFECTS, "p"), "float64")})
    return frame.assign(different=frame["p"] < design.level)


def _rows(
    metric: Metric, design: Design, parts: Mapping[str, Mapping[str, Sums]]
) -> Iterator[tuple[Any, ...]]:
    for variant in design.treatments:
        pairs = {value: design.pair(part, variant) for value, part in parts.items()}
        all_controls = sum((control for control, _ in pairs.values()), start=NOTHING)
        all_treatments = sum((treatment for _, treatment in pairs.values()), start=NOTHING)
        for value, (control, treatment) in pairs.items():
            others = all_controls - control, all_treatments - treatment
            part = estimate(metric, variant, design, (control, treatment))
            rest = estimate(metric, variant, design, others)
            shown = None if part.gap else part.now
            yield value, variant, treatment.n, *told(shown), _p(part, rest, design)


def _p(part: Estimate, rest: Estimate, design: Design) -> float | None:
    a, b = part.now, rest.now
    if part.gap or rest.gap or a is None or b is None:
        return None
    if a.lift is None or b.lift is None or a.log_error is None or b.log_error is None:
        return None
    apart = math.log1p(a.lift) - math.log1p(b.lift)
    actors = a.n + a.n_control + b.n + b.n_control
    square = apart**2 / (a.log_error**2 + b.log_error**2)
    return anytime_p(square, actors, design.planned_for(part.variant), design.level)
