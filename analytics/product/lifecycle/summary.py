"""Growth accounting: how many people are won for each one who is lost."""

import pandas as pd

from analytics.measures.cutting import ALL
from analytics.metrics import DAILY, Metric

QUICK_RATIO = Metric(
    key="quick_ratio",
    label="Quick ratio",
    unit="won for each lost",
    definition="How many people are won for each one who is lost; above 1 the audience grows.",
    formula="(new + resurrecting) / dormant",
    direction="up",
    sources=("actives",),
    counts=False,
    grains=DAILY,
)


def quick_ratio(phases: pd.DataFrame) -> float | None:
    """(new + resurrecting) / dormant, summed over whole periods; None without any dormant.

    Takes what `lifecycle` returns. Periods before which nobody was active are left out.
    """
    known = phases[phases["complete"] & phases["quick_ratio"].notna()]
    won, lost = int((known["new"] + known["resurrecting"]).sum()), int(known["dormant"].sum())
    return won / lost if lost else None


def people_before(phases: pd.DataFrame) -> "pd.Series[int]":
    """Who was active in the period before each: they are returning or dormant now."""
    before: pd.Series[int] = phases["returning"] + phases["dormant"]
    return before


def retained(phases: pd.DataFrame) -> "pd.Series[float]":
    """The share of the people of the period before that was active in each; NaN where none were.

    Takes what `lifecycle` returns.
    """
    before = people_before(phases)
    share: pd.Series[float] = phases["returning"] / before.where(before > 0)
    return share


def quick_ratios(phases: pd.DataFrame) -> pd.DataFrame:
    """The quick ratio of whole periods, in the columns of `analytics.product.trends.trend`.

    Before a period is over, who has not come yet can't be told from who is dormant.
    """
    phases = phases[phases["complete"]]
    return pd.DataFrame(
        {
            "period": phases["period"],
            "series": pd.Series(ALL, phases.index, "str"),
            "value": phases["quick_ratio"],
            "complete": phases["complete"],
            "which": pd.Series("current", phases.index, "str"),
            "at": phases["period"],
        }
    )
