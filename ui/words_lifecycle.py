"""Findings of lifecycle and stickiness in words; nothing here knows Streamlit."""

import pandas as pd

from analytics.product.lifecycle import quick_ratio

# The columns of the lifecycle from zero upwards, with their places in the theme's colours.
PARTS = {"returning": 0, "resurrecting": 3, "new": 2, "dormant": 1}
ACTIVE_BY = "What makes somebody active. Who is new stays decided by their first event of any kind."
PHASES = (
    "New: first ever seen in the {grain}. Returning: active also in the {grain} before. "
    "Resurrecting: active, but not in the {grain} before. Dormant: active in the {grain} before, "
    "and not in this one. New, returning and resurrecting together are everybody active. First "
    "seen is ever, by any event: who does for the first time what filters keep is resurrecting."
)
LEGEND = "Line: net change. Paler: a {grain} that is not complete, and so has no dormant yet."
STICKINESS = "How much of the last 28 days' audience comes on a day: daily / monthly actives."
ACTIVE_DAYS = (
    "People by the exact number of days of the range on which they were active, today included."
)


def legend(grain: str, beginning: str) -> str:
    """What no legend says, and where the beginning of the recording shows."""
    return f"{LEGEND.format(grain=grain)} {beginning}".strip()


def phases_finding(phases: pd.DataFrame, grain: str) -> str:
    """What the last whole period brought: "Last week 3,640 people were won and 2,812 lost"."""
    whole = phases[phases["complete"]]
    if whole.empty:
        return f"No {grain} of this range is complete yet"
    last = whole.iloc[-1]
    won, lost = last["new"] + last["resurrecting"], last["dormant"]
    when = "On the last whole day" if grain == "day" else f"In the last whole {grain}"
    return f"{when} {won:,} people were won and {lost:,} lost"


def ratio_finding(phases: pd.DataFrame) -> str:
    """The quick ratio of all whole periods: "1.16 people are won for each one who is lost"."""
    ratio = quick_ratio(phases)
    if ratio is None:
        return "Nobody was lost"
    return f"{ratio:.2f} people are won for each one who is lost"


def stickiness_finding(series: pd.DataFrame) -> str:
    """The mean over whole periods: "On a usual day 24% of the month's people come"."""
    whole = series[
        (series["which"] == "current") & series["complete"] & (series["series"] == "All")
    ]
    mean = whole["value"].mean()
    if mean != mean:
        return "Stickiness"
    return f"On a usual day {mean:.0%} of the month's people come"


def days_finding(histogram: pd.DataFrame) -> str:
    """Where the middle of all people is: "Half of all people came on 3 days or fewer of 28"."""
    if histogram.empty:
        return "Active days"
    share = histogram["share"].cumsum()
    middle = int(histogram.loc[share >= 0.5, "days"].iloc[0])
    days = "1 day" if middle == 1 else f"{middle} days or fewer"
    return f"Half of all people came on {days} of {len(histogram)}"
