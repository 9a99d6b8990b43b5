"""Uniques of a project without ids: people per calendar day, week and month, as clients report.

A client marks its first event of the day, of the week and of the month. Counting those marks gives
exact uniques for one calendar unit, and for nothing else: days can't be joined without ids. With
filters on dimensions it counts people whose first event of the unit matches them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, Connection, func, select

from analytics.filters import Filters, add_months
from analytics.measures.cutting import Values, by_value, read
from analytics.periods import Period
from analytics.scope import Viewer, visible_cell_days

UNITS = ("first_day", "first_week", "first_month")


@dataclass(frozen=True, slots=True)
class Firsts:
    """By day: how many events were somebody's first of that day, week and month."""

    rows: pd.DataFrame

    def uniques(self, periods: Sequence[Period]) -> Values:
        """Different people in each period; NaN unless it is one day, week or month."""
        return np.array([self._uniques(period) for period in periods], float)

    def trailing(self, days: int, periods: Sequence[Period]) -> Values:
        """NaN: trailing days can't be joined without ids; of one day it is the day itself."""
        return self.uniques(periods) if days == 1 else np.full(len(periods), np.nan)

    def stickiness(self, periods: Sequence[Period]) -> Values:
        """NaN: it needs trailing months."""
        return np.full(len(periods), np.nan)

    def volume(self, period: Period) -> float:
        """People by day added up, which only ranks the values of a breakdown."""
        return float(self._within(period)["first_day"].sum())

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """All parts as one."""
        return cls(pd.concat([part.rows for part in parts]))

    def _uniques(self, period: Period) -> float:
        unit = calendar_unit(period.first, period.last)
        return float(self._within(period)[unit].sum()) if unit else np.nan

    def _within(self, period: Period) -> pd.DataFrame:
        day = self.rows["day"]
        return self.rows[(day >= np.datetime64(period.first)) & (day < np.datetime64(period.last))]


def calendar_unit(first: date, last: date) -> str | None:
    """The mark that counts the people of [first, last): None unless it is one calendar unit."""
    if last == first + timedelta(days=1):
        return "first_day"
    if first.weekday() == 0 and last == first + timedelta(weeks=1):
        return "first_week"
    return "first_month" if first.day == 1 and last == add_months(first, 1) else None


def load_firsts(
    conn: Connection, viewer: Viewer, filters: Filters, by: str | None = None
) -> dict[str, Firsts]:
    """The marks of each day, of each value of the breakdown."""
    e = visible_cell_days(viewer, filters, by)
    marks = [func.sum(e.c[unit]).cast(BigInteger).label(unit) for unit in UNITS]
    groups = [e.c.day, *([e.c.series] if by else [])]
    rows = read(conn, select(*groups, *marks).group_by(*groups))
    rows["day"] = pd.to_datetime(rows["day"])
    return {value: Firsts(part) for value, part in by_value(rows, by).items()}
