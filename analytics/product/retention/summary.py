"""What a table or a sentence says of cells: the averages at milestones and by day of the week."""

import pandas as pd

from analytics.product.retention.answer import curves

MILESTONES = {"day": (1, 3, 7, 14, 28), "week": (1, 2, 4, 8, 12), "month": (1, 2, 3, 6, 12)}
SATURDAY = 5


def milestones(averages: pd.DataFrame, grain: str) -> pd.DataFrame:
    """The weighted averages at some intervals, one row a series.

    Takes what `curves` returns. Columns: series (str), size (int64: everybody who started in an
    interval that is over), and by the number of the interval as text ("1", "7") the share (float64,
    NaN where nobody is old enough).
    """
    table = averages.pivot_table(index="series", columns="interval", values="share", sort=False)
    shown = table.reindex(columns=list(MILESTONES[grain])).astype("float64")
    shown.columns = [str(number) for number in MILESTONES[grain]]
    own = averages[averages["interval"] == 0].set_index("series")["size"]
    sizes = own.reindex(shown.index).fillna(0).astype("int64")
    shown.insert(0, "size", sizes)
    return shown.rename_axis(index="series").reset_index()


def on_weekdays(cells: pd.DataFrame, interval: int) -> tuple[float, float] | None:
    """The average after `interval` days of cohorts from Monday to Friday, and of the weekend's.

    None where either has no cohort that is old enough. For cohorts of days.
    """
    at = cells[(cells["series"] == "All") & (cells["interval"] == interval)]
    weekend = at["cohort"].dt.day_of_week >= SATURDAY
    shares = [curves(part)["share"] for part in (at[~weekend], at[weekend])]
    if any(part.empty for part in shares):
        return None
    return float(shares[0].iloc[0]), float(shares[1].iloc[0])
