"""Thirty days of a made-up service, quiet but for what is planted, for a clock that is made up."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from analytics.operations.signals.points import minute_of

WARM_UP = timedelta(days=38)  # that anomalies learn from
START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
END = START + timedelta(days=30)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Planted:
    """What goes wrong, from when until when, and by how much."""

    begins: datetime
    minutes: int
    size: float

    def holds(self, at: np.ndarray) -> np.ndarray:
        first = minute_of(self.begins)
        return (at >= first) & (at < first + self.minutes)


def incidents(seed: int, number: int, minutes: int, size: float, apart_days: int) -> list[Planted]:
    """So many incidents at odd times, well apart."""
    chance = np.random.default_rng(seed)
    return [
        Planted(
            START + timedelta(days=2 + apart_days * place, minutes=int(chance.integers(0, 1_440))),
            minutes,
            size,
        )
        for place in range(number)
    ]


def minutes_between(start: datetime, end: datetime, length: int = 1) -> np.ndarray:
    return np.arange(minute_of(start), minute_of(end), length, dtype=np.int64)


def busy(at: np.ndarray) -> np.ndarray:
    """How busy a minute usually is: by day and by night, and half as much at weekends."""
    day = 1 + 0.6 * np.sin(2 * np.pi * (at % 1_440) / 1_440)
    weekday = (at // 1_440 + 3) % 7  # 1970 began on a Thursday
    return day * np.where(weekday >= 5, 0.5, 1.0)


def requests(seed: int, planted: list[Planted], a_minute: float = 40.0) -> pd.DataFrame:
    """at, value (share that failed), n: one in a hundred fails, unless something is planted."""
    chance = np.random.default_rng(seed)
    at = minutes_between(START - timedelta(days=2), END)
    n = chance.poisson(a_minute * busy(at))
    share = np.full(len(at), 0.01)
    for each in planted:
        share[each.holds(at)] = each.size
    failed = chance.binomial(n, share)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = failed / n
    return pd.DataFrame({"at": moments_of(at), "value": value, "n": n})


def counts(seed: int, planted: list[Planted], an_hour: float = 400.0) -> pd.DataFrame:
    """at, value, n by the hour: a weekly rhythm with chance in it, times the size of a plant."""
    chance = np.random.default_rng(seed)
    at = minutes_between(START - WARM_UP, END, 60)
    expected = an_hour * busy(at)
    for each in planted:
        expected = np.where(each.holds(at), expected * each.size, expected)
    value = chance.poisson(expected)
    return pd.DataFrame({"at": moments_of(at), "value": value, "n": value})


def moments_of(at: np.ndarray) -> np.ndarray:
    return at.astype("datetime64[m]").astype("datetime64[us]")
