"""Findings of the Trends page in words."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analytics.filters import Filters
from analytics.metrics import Metric
from analytics.product.properties import property_of
from analytics.product.trends.readings import AVERAGED, Reading
from ui import words
from ui.charts.calendar import WEEKDAYS

HEAT = "Events an hour, by weekday and hour of the project's zone, on average over the range."
MAP = "Each country's own number over the range; who was in two countries is in both."
ADDS_UP = "The parts add up to the total."
NO_SUM = "The parts may not be added: each is counted on its own, and the total too."
RAW = "Properties are read from raw events."
TOTALS = "Over the whole range; each value is counted on its own."
AVERAGE = "The mean of the last {n} whole {grain}s, once there are so many."
SO_FAR = "All since the range began; people are counted once."
WHOLE = "Several lines are not broken down."
LOG = "Zero has no place on a logarithmic scale."


def peak(heat: pd.DataFrame) -> str:
    """The busiest hour of the week: "Busiest on Tue at 14:00, with 523 events an hour"."""
    known = heat.dropna(subset=["events"])
    if known.empty or not known["events"].max():
        return "When it is used"
    top = known.nlargest(1, "events").iloc[0]
    day, hour = WEEKDAYS[int(top["weekday"])], int(top["hour"])
    return (
        f"Busiest on {day} at {hour:02}:00, with {words.amount(top['events'], '')} events an hour"
    )


def lead(places: pd.DataFrame, metric: Metric) -> str:
    """The country with most: "Germany leads with 23.1% of active users"."""
    if places.empty:
        return f"{metric.label} by country"
    first = places.iloc[0]
    if first["share"] != first["share"]:
        return f"{first['name']}: {words.amount(first['value'], metric.unit)}"
    return f"{first['name']} leads with {first['share']:.1%} of {metric.label.lower()}"


def beyond(places: pd.DataFrame, metric: Metric) -> str:
    """What the map has no shape for, in one line; "" for nothing."""
    named = [
        f"{words.plain(name)} {words.amount(value, metric.unit)}"
        for name, value in zip(places["name"], places["value"], strict=True)
    ]
    more = f" and {len(named) - 6} more" if len(named) > 6 else ""
    return f"Not on the map: {', '.join(named[:6])}{more}." if named else ""


def values_finding(values: pd.DataFrame, metric: Metric) -> str:
    """What the values of a breakdown say: "web has most: 12,345, 61% of all active users"."""
    parts = values.iloc[1:]
    if parts.empty or not parts["value"].notna().any():
        return f"{metric.label} by value"
    top = parts.nlargest(1, "value").iloc[0]
    share = "" if top["share"] != top["share"] else f", {top['share']:.0%} of all"
    amount = words.amount(top["value"], metric.unit)
    return f"{words.plain(top['series'])} has most: {amount}{share}"


def first_of(shown: int, total: int) -> str:
    """The title of a list of countries that may be cut."""
    return f"The first {shown} of {total} countries" if shown < total else "All countries"


def adding(metric: Metric) -> str:
    """Whether the parts of a metric may be added."""
    return ADDS_UP if metric.adds_up else NO_SUM


def finding(
    series: pd.DataFrame, label: str, metric: Metric, filters: Filters, reading: Reading
) -> str:
    """What a single line says: its average against the time before, or where it has got to."""
    if reading == "each":
        return words.trend_finding(series, replace(metric, label=label), filters)
    share = _change_at_the_end(series)
    read = "so far" if reading == "cumulative" else f"a {filters.grain}, on average of {AVERAGED},"
    return words.finding(f"{label} {read}", share, filters)


def note(
    metric: Metric,
    filters: Filters,
    by: str | None,
    reading: Reading,
    *,
    alone: bool,
    log: bool,
    parted: bool = True,
) -> str:
    """What stands under the chart: whether parts may be added, and how to read its lines."""
    told = [
        "" if parted else WHOLE,
        RAW if property_of(by) else "",
        adding(metric) if by else "",
        AVERAGE.format(n=AVERAGED, grain=filters.grain) if reading == "average" else "",
        SO_FAR if reading == "cumulative" else "",
        LOG if log else "",
        words.legend(filters, compared=by is None and alone),
    ]
    return " ".join(text for text in told if text)


def several(names: Sequence[str], filters: Filters) -> str:
    """The title of a chart of several lines."""
    return f"{', '.join(names[:-1])} and {names[-1]}, {words.span(filters)}"


def _change_at_the_end(series: pd.DataFrame) -> float | None:
    """The last value that can be compared, against that of the time before."""
    pairs = words.whole_pairs(series)
    if not pairs or not pairs[-1][1]:
        return None
    now, before = pairs[-1]
    return now / before - 1
