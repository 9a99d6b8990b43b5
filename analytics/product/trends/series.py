"""The series of a chart: a metric in all, by the values of a breakdown, and of the others."""

from collections.abc import Sequence

from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cutting import ALL, OTHER
from analytics.measures.loading import Measured, load
from analytics.metrics import Metric, find_metric
from analytics.periods import Period, whole
from analytics.product.properties import REST, check_property, load_by_property, property_of
from analytics.scope import Viewer


def load_series(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    periods: Sequence[Period],
    metric: str,
    by: str | None = None,
    top: int = 6,
) -> dict[str, Measured]:
    """What the metric needs for these periods: of "All", of the `top` values of `by`, of "Other".

    `by` is a dimension, or `property:` and the name of a property of the event that the filters
    choose. The values with the most behind them in the range come first; the total and the others
    are unions, in which nobody is counted twice. Raises UnknownMetric, BadFilters, TooWide.
    """
    chosen, key = find_metric(metric), property_of(by)
    if key is None:
        loaded = load(conn, viewer, filters, periods, [chosen], by)
    else:
        check_property(chosen, filters)
        loaded = load_by_property(conn, viewer, filters, periods, [chosen], key)
    everything = Measured.merged(list(loaded.values())) if loaded else Measured()
    parts = {} if by is None else _ranked(loaded, chosen, whole(filters), top)
    return {ALL: everything} | parts


def label_of(value: str) -> str:
    """A value of a breakdown as it is shown; one that is called like a series of ours is quoted."""
    return f"\u201c{value}\u201d" if value in (ALL, OTHER) else value


def _ranked(
    loaded: dict[str, Measured], metric: Metric, period: Period, top: int
) -> dict[str, Measured]:
    source = metric.sources[0]
    values = sorted(value for value in loaded if value != REST)
    ranked = sorted(values, key=lambda value: -loaded[value].volume(source, period))
    rest = [loaded[value] for value in [*ranked[top:], REST] if value in loaded]
    others = {OTHER: Measured.merged(rest)} if rest else {}
    return {label_of(value): loaded[value] for value in ranked[:top]} | others
