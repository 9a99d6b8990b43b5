"""The months that figures of revenue are about: those over, and the one that is not."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Date, case, cast, extract, func

from analytics.filters import Filters, add_months
from analytics.periods import midnight


@dataclass(frozen=True, slots=True)
class Months:
    """First days of months: those from `start` to `whole` are over, those to `end` are shown."""

    start: date
    whole: date
    end: date

    @property
    def count(self) -> int:
        """How many months are over."""
        return number_of(self.whole) - number_of(self.start)

    @property
    def last(self) -> date | None:
        """The last month that is over; None without any."""
        return add_months(self.whole, -1) if self.count else None

    @property
    def over(self) -> list[date]:
        """The months that are over, oldest first."""
        return [add_months(self.start, ahead) for ahead in range(self.count)]

    @property
    def shown(self) -> list[date]:
        """The same, and the one that is not over."""
        return [*self.over, *([self.whole] if self.whole < self.end else [])]

    def inside(self, day: ColumnElement[date]) -> ColumnElement[bool]:
        """SQL for a day in one of the months that are over."""
        return (day >= self.start) & (day < self.whole)

    def later(self, month: ColumnElement[date]) -> ColumnElement[int]:
        """SQL for how many of the months that are over come after a month.

        What somebody pays from that month on is at stake at the start of each of them, so that a
        sum over changes, each so many times, is the sum over the starts of months.
        """
        number = extract("year", month) * 12 + extract("month", month)
        after = cast(number_of(self.whole) - 1 - number, BigInteger)
        return func.least(func.greatest(after, 0), self.count)


def months_of(filters: Filters) -> Months:
    """The months that the range touches, up to the present one; it is not over."""
    start = filters.start.replace(day=1)
    last = min(filters.end - timedelta(days=1), filters.today).replace(day=1)
    end = max(add_months(last, 1), start)
    whole = min(end, filters.today.replace(day=1))
    return Months(start, max(whole, start), end)


def number_of(month: date) -> int:
    """The months since the year 0."""
    return month.year * 12 + month.month


def total(value: ColumnElement[int], when: ColumnElement[bool]) -> ColumnElement[int]:
    """SQL for the sum of a value over the rows for which it is so; 0 without any."""
    return cast(func.coalesce(func.sum(case((when, value), else_=0)), 0), BigInteger)


def month_of(moment: ColumnElement[datetime], filters: Filters) -> ColumnElement[date]:
    """SQL for the first day of the month in which a moment lies, in the project's zone."""
    return cast(func.date_trunc("month", func.timezone(filters.zone, moment)), Date)


def in_months(moment: ColumnElement[datetime], filters: Filters) -> ColumnElement[bool]:
    """SQL for a moment in the months that are shown, up to the present one."""
    months = months_of(filters)
    first, end = midnight(months.start, filters.tz), midnight(months.end, filters.tz)
    return (moment >= first) & (moment < min(end, filters.now))


def every_month(found: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """A row for each month shown, oldest first, of a frame of counts by `month`.

    Months without a row are 0; `complete` says which are over.
    """
    months = months_of(filters)
    shown = pd.to_datetime(months.shown)
    by_month = found.assign(month=pd.to_datetime(found["month"])).set_index("month")
    rows = by_month.reindex(pd.DatetimeIndex(shown, name="month"), fill_value=0).reset_index()
    whole = rows["month"] < pd.Timestamp(months.whole)
    return rows.assign(month=rows["month"].astype("datetime64[s]"), complete=whole)
