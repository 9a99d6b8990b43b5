"""All that an experiment's page reads from the sums of one phase: estimates, split and verdict."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from analytics.experiments.definition import Metric
from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.estimates import Estimate
from analytics.experiments.statistics.estimating import LEAST_ACTORS, estimate
from analytics.experiments.statistics.moments import sums_of
from analytics.experiments.statistics.several import Method, adjusted
from analytics.experiments.statistics.split import Split, check_split
from analytics.experiments.statistics.verdict import Verdict, verdict


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a phase: one estimate a metric and treatment, the split, and the verdict."""

    estimates: tuple[Estimate, ...]
    split: Split
    verdict: Verdict


def reading(
    metrics: Sequence[Metric],
    design: Design,
    sums: pd.DataFrame,
    exposures: pd.DataFrame,
    today: date | None = None,
) -> Reading:
    """The reading of one phase.

    `sums` are rows of metric, variant, day, n, y ... zz, of those whose window ended on that day;
    `exposures` rows of variant, n, mixed. The primary metric's p-values are corrected for the
    number of variants (Holm), those of all others for their own number (Benjamini-Hochberg).
    The harm that is done to guardrails is corrected for all guardrails of all variants (Holm).
    `today` is not over: its rows count for what is known now, and never for the test. Without it
    all days are over.
    """
    split = check_split(design.weights, exposures)
    primary = [metric for metric in metrics if metric.role == "primary"]
    rest = [metric for metric in metrics if metric.role != "primary"]
    found = (
        *_corrected(list(_estimates(primary, design, sums, today)), "holm"),
        *_harms(_corrected(list(_estimates(rest, design, sums, today)), "bh")),
    )
    ripe = sums.loc[sums["metric"] == primary[0].id, "n"].sum()
    progress = float(ripe) / design.planned if design.planned else None
    return Reading(found, split, verdict(found, split, progress))


def until_planned(
    rows: pd.DataFrame, planned: int | None, pair: Collection[str], today: date | None = None
) -> pd.DataFrame | None:
    """The rows up to the day on which the planned number of actors is there; None before it.

    By then both variants of the pair have the number below which nothing is concluded, too. That
    day is over, and depends on how many came, not on what they did, so that the test is one of a
    fixed size; rows of later days would make it another look.
    """
    if not planned:
        return None
    over = rows if today is None else rows[rows["day"] < pd.Timestamp(today)]
    there = over.pivot_table(index="day", columns="variant", values="n", aggfunc="sum")
    there = there.reindex(columns=sorted({*there, *pair})).fillna(0).cumsum()
    enough = (there.sum(axis=1) >= planned) & (there[list(pair)] >= LEAST_ACTORS).all(axis=1)
    return over[over["day"] <= enough.idxmax()] if enough.any() else None


def _estimates(
    metrics: Sequence[Metric], design: Design, sums: pd.DataFrame, today: date | None
) -> Iterator[Estimate]:
    for metric in metrics:
        rows = sums[sums["metric"] == metric.id]
        now = sums_of(rows)
        for variant in design.treatments:
            pair = design.control, variant
            kept = until_planned(rows, design.planned, pair, today)
            at_plan = None if kept is None else design.pair(sums_of(kept), variant)
            found = estimate(metric, variant, design, design.pair(now, variant), at_plan)
            if kept is None or found.planned is None:
                yield found
            else:
                yield replace(found, read_on=kept["day"].max().date())


def _harms(found: list[Estimate]) -> list[Estimate]:
    """Each with its p-value of harm corrected for those of the other guardrails."""
    harms = adjusted([None if each.gap else each.harm for each in found], "holm")
    return [replace(each, harm=harm) for each, harm in zip(found, harms, strict=True)]


def _corrected(found: list[Estimate], method: Method) -> list[Estimate]:
    """Each with its p-values corrected for the others; those with a gap ask nothing."""
    fixed = adjusted([None if each.gap else each.p_value for each in found], method)
    any_time = adjusted([None if each.gap else each.anytime for each in found], method)
    return [
        replace(each, adjusted=p, anytime=any_p)
        for each, p, any_p in zip(found, fixed, any_time, strict=True)
    ]
