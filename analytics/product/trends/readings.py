"""How a series is read: each period by itself, the mean of the last seven, or all so far."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.filters import BadFilters
from analytics.measures.cutting import Values, ratio
from analytics.measures.loading import TRAILING, Measured, values_of
from analytics.measures.visits import Visits
from analytics.metrics import METRICS, Metric
from analytics.periods import Period, instants

Reading = Literal["each", "average", "cumulative"]
READINGS: tuple[Reading, ...] = get_args(Reading)
AVERAGED = 7  # periods
PARTS = {"error_rate": ("failures", "events"), "events_per_actor": ("events", "actors")}


def check_reading(metric: Metric, reading: Reading) -> None:
    """Raise BadFilters when the metric can't be read so."""
    if reading not in READINGS:
        raise BadFilters(f"A series is read as {', '.join(READINGS)}, not as '{reading}'.")
    if reading == "cumulative" and metric.key in TRAILING:
        raise BadFilters(f"{metric.label} reach back by themselves, so they don't accumulate.")


def read_as(
    reading: Reading, metric: Metric, measured: Measured, periods: Sequence[Period]
) -> Values:
    """The value at each of these successive periods: float64, NaN where there is none.

    Cumulative, it is the metric's value over the time since the first period began: of uniques the
    distinct ones so far, never a sum. The average is NaN until seven whole periods are there.
    """
    if reading == "cumulative":
        visits = _visits(metric, measured)
        return _seen(visits, periods) if visits else values_of(metric, measured, so_far(periods))
    if reading == "average":
        return np.where(full(periods), _average(metric, measured, periods), np.nan)
    return values_of(metric, measured, periods)


def so_far(periods: Sequence[Period]) -> list[Period]:
    """For each period, the time from the beginning of the first to its end."""
    return [_joined(periods[0], period) for period in periods]


def trailing(periods: Sequence[Period]) -> list[Period]:
    """For each period, the time of up to seven periods that ends with it."""
    firsts = [periods[max(0, place - AVERAGED + 1)] for place in range(len(periods))]
    return [_joined(first, period) for first, period in zip(firsts, periods, strict=True)]


def full(periods: Sequence[Period]) -> NDArray[np.bool_]:
    """Whether the seven periods that end with each are there and whole."""
    whole = _sums(np.array([period.complete for period in periods], float))
    return np.equal(whole, AVERAGED)


def _visits(metric: Metric, measured: Measured) -> Visits | None:
    """The keys whose different ones are the metric, where it is made of keys alone."""
    kept = {"actors": measured.actives, "sessions": measured.sessions}.get(metric.key)
    return kept if isinstance(kept, Visits) else None


def _seen(visits: Visits, periods: Sequence[Period]) -> Values:
    """Different keys so far at the end of each period: each counts from when it is first seen."""
    if not periods:
        return np.empty(0)
    begun = visits.at >= instants([periods[0].start])[0]
    first = visits.at[begun][~pd.Series(visits.keys[begun]).duplicated().to_numpy()]
    return np.searchsorted(first, instants([period.end for period in periods])).astype(float)


def _average(metric: Metric, measured: Measured, periods: Sequence[Period]) -> Values:
    """Shares and ratios weigh what is behind them; percentiles are those of all seven periods."""
    if metric.key in PARTS:
        part, whole = (_sums(values_of(METRICS[k], measured, periods)) for k in PARTS[metric.key])
        return ratio(part, whole)
    if "durations" in metric.sources:
        return values_of(metric, measured, trailing(periods))
    return _sums(values_of(metric, measured, periods)) / AVERAGED


def _sums(values: Values) -> Values:
    """The sums of seven successive values, NaN before."""
    sums = np.full(len(values), np.nan)
    if len(values) >= AVERAGED:
        windows = np.lib.stride_tricks.sliding_window_view(values, AVERAGED)
        sums[AVERAGED - 1 :] = windows.sum(axis=1)
    return sums


def _joined(first: Period, last: Period) -> Period:
    return Period(last.label, first.start, last.end, first.first, last.last, last.complete)
