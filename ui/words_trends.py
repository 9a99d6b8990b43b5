"""Findings of the Trends page in words."""

import pandas as pd

from analytics.filters import Filters
from analytics.metrics import Metric
from analytics.product.properties import property_of
from ui import words
from ui.charts.calendar import WEEKDAYS

HEAT = "Events an hour, by weekday and hour of the project's zone, on average over the range."
MAP = "Each country's own number over the range; who was in two countries is in both."
ADDS_UP = "The parts add up to the total."
NO_SUM = "The parts may not be added: each is counted on its own, and the total too."
RAW = "Properties are read from raw events."


def peak(heat: pd.DataFrame) -> str:
    """The busiest hour of the week: "Busiest on Tue at 14:00, with 523 events an hour"."""
    known = heat.dropna(subset=["events"])
    if known.empty or not known["events"].max():
        return "When it is used"
    top = known.nlargest(1, "events").iloc[0]
    day, hour = WEEKDAYS[int(top["weekday"])], int(top["hour"])
    return f"Busiest on {day} at {hour:02}:00, with {words.amount(top['events'], '')} events"


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


def note(metric: Metric, filters: Filters, by: str | None, as_of: str, *, alone: bool) -> str:
    """What stands under the chart: whether parts may be added, its lines, and how fresh it is."""
    told = [words.legend(filters, compared=by is None and alone), as_of]
    if by:
        told = [ADDS_UP if metric.adds_up else NO_SUM, *told]
    if property_of(by):
        told = [RAW, *told]
    return " ".join(told)


def several(names: list[str], filters: Filters) -> str:
    """The title of a chart of several lines."""
    return f"{', '.join(names[:-1])} and {names[-1]}, {words.span(filters)}"
