"""Where MRR is heading: six months ahead, by whichever method was best at telling the past.

Three methods are tried: the last month's MRR stays (naive), it is that of a year ago (seasonal
naive), and exponential smoothing with a damped trend (Gardner and McKenzie 1985, Management
Science 31, 1237-1246; as of statsmodels). Each tells months that are over from those before them;
the one with the smallest error is used, the simplest of equals. The interval comes from its errors
at that many months ahead, by Student's t.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit  # Student's t; scipy.stats takes a second to import
from sqlalchemy import BigInteger, Connection, Select, cast, func, select

from analytics.business.revenue.months import months_of
from analytics.filters import Filters, add_months
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_mrr_months

AHEAD = 6  # months
YEAR = 12
FEWEST = 6  # months that a method is told
NEEDED = FEWEST + AHEAD + 2  # months, so that at least three forecasts reach as far as ours
ORIGINS = 10  # months from which the past is told, the latest ones
CONFIDENCE = 0.975
# Of level and trend, and what is left of the trend a month later. They are not fitted: a few dozen
# months tell little of them, and an optimiser finds no end where nothing changed.
LEVEL, TREND, DAMPED = 0.8, 0.2, 0.95
COURSE = {
    "month": "datetime64[s]",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "ahead": "int64",
}

Values = NDArray[np.float64]
Method = Callable[[Values], Values]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was, and what is to come.

    `course` has a row a month: month (datetime64[s]), value (float64, cents: MRR at its end), low
    and high (float64, the 95 % interval, NaN for what was), ahead (int64: months ahead, 0 for what
    was). `method` is "naive", "seasonal naive" or "damped trend", "" where fewer than `NEEDED`
    months are known, and then nothing is told ahead. `errors` are the errors of all that were
    tried: what a method was wrong by in `tried` forecasts, as a share of what was to be told.
    """

    course: pd.DataFrame
    method: str
    errors: Mapping[str, float]
    tried: int

    @property
    def error(self) -> float | None:
        """The past error of the method that is used."""
        return self.errors.get(self.method)


def forecast(conn: Connection, viewer: Viewer, filters: Filters, currency: str) -> Forecast:
    """MRR by month from the first that is known, six months ahead of the last that is over."""
    known = history(conn, viewer, filters, currency)
    values = known["value"].to_numpy("float64")
    past = known.assign(low=np.nan, high=np.nan, ahead=0)[list(COURSE)]
    if len(values) < NEEDED:
        return Forecast(past.astype(COURSE), "", {}, 0)
    told = backtest(values)
    errors = {name: error_of(values, parts) for name, parts in told.items()}
    best = min(errors, key=lambda name: errors[name])
    ahead = _ahead(known["month"].iloc[-1], values, best, told[best])
    course = pd.concat([past, ahead], ignore_index=True).astype(COURSE)
    return Forecast(course, best, errors, len(told[best]))


def history(conn: Connection, viewer: Viewer, filters: Filters, currency: str) -> pd.DataFrame:
    """One row a month that is over, from the first with MRR: month (datetime64[s]), value (float64,
    cents: MRR at its end)."""
    found = read(conn, history_sql(viewer, filters, currency))
    found["month"] = pd.to_datetime(found["month"]).astype("datetime64[s]")
    last = months_of(filters).whole
    if found.empty:
        return found.astype({"value": "float64"})
    end = pd.Timestamp(add_months(last, -1))
    every = pd.date_range(found["month"].iloc[0], end, freq="MS", unit="s", name="month")
    return (
        found.set_index("month").reindex(every).ffill().reset_index().astype({"value": "float64"})
    )


def history_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """The statement of `history`; months in which nothing changed have no row."""
    m = visible_mrr_months(viewer, filters.project_id).c
    changed = cast(func.sum(m.amount), BigInteger)
    value = cast(func.sum(changed).over(order_by=m.month), BigInteger).label("value")
    return (
        select(m.month, value)
        .where(m.currency == currency, m.month < months_of(filters).whole)
        .group_by(m.month)
        .order_by(m.month)
    )


def backtest(values: Values) -> dict[str, dict[int, Values]]:
    """What each method would have told, by the number of months that were known then."""
    seasonal = len(values) >= YEAR + AHEAD + 2
    methods = METHODS if seasonal else {n: m for n, m in METHODS.items() if m is not _seasonal}
    latest = len(values) - AHEAD - 2  # from which at least three forecasts reach all the way
    first = min(max(YEAR if seasonal else FEWEST, len(values) - ORIGINS), latest)
    origins = range(first, len(values))
    return {name: {at: method(values[:at]) for at in origins} for name, method in methods.items()}


def error_of(values: Values, told: Mapping[int, Values]) -> float:
    """The sum of what forecasts were wrong by / the sum of what they should have told."""
    pairs = [_pairs(values, at, ahead) for at, ahead in told.items()]
    wrong = sum(float(np.abs(real - said).sum()) for real, said in pairs)
    actual = sum(float(real.sum()) for real, _ in pairs)
    return wrong / actual if actual else 0.0


def _ahead(last: pd.Timestamp, values: Values, name: str, told: Mapping[int, Values]) -> Any:
    value = METHODS[name](values)
    half = np.maximum.accumulate(value * _spread(values, told))
    return pd.DataFrame(
        {
            "month": [last + pd.DateOffset(months=ahead) for ahead in range(1, AHEAD + 1)],
            "value": value,
            "low": np.maximum(value - half, 0),
            "high": value + half,
            "ahead": range(1, AHEAD + 1),
        }
    )


def _spread(values: Values, told: Mapping[int, Values]) -> Values:
    """Half of the interval by months ahead, as a share of the forecast."""
    wrong: list[list[float]] = [[] for _ in range(AHEAD)]
    for at, ahead in told.items():
        real, said = _pairs(values, at, ahead)
        for place, (is_, was) in enumerate(zip(real, said, strict=True)):
            wrong[place].append((is_ - was) / was if was else 0.0)
    sizes = [stdtrit(len(each), CONFIDENCE) * np.sqrt(np.mean(np.square(each))) for each in wrong]
    return np.array(sizes)


def _pairs(values: Values, at: int, told: Values) -> tuple[Values, Values]:
    real = values[at : at + AHEAD]
    return real, told[: len(real)]


def _naive(values: Values) -> Values:
    return np.repeat(values[-1], AHEAD)


def _seasonal(values: Values) -> Values:
    return values[-YEAR : len(values) - YEAR + AHEAD]


def _damped(values: Values) -> Values:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing  # takes a second, so not at once

    if not np.ptp(values):
        return _naive(values)
    slope = (values[-1] - values[0]) / (len(values) - 1)
    smoothing = ExponentialSmoothing(
        values,
        trend="add",
        damped_trend=True,
        initialization_method="known",
        initial_level=values[0],
        initial_trend=slope,
    )
    fitted = smoothing.fit(LEVEL, TREND, damping_trend=DAMPED, optimized=False)
    ahead: Values = np.maximum(fitted.forecast(AHEAD), 0.0)
    return ahead


METHODS: dict[str, Method] = {
    "naive": _naive,
    "seasonal naive": _seasonal,
    "damped trend": _damped,
}
