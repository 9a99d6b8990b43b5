"""How a metric moved after something was shipped: whole weeks after against as many before.

The day of the release belongs to neither side. The weeks before end with the day before it, those
after begin with the day after it and end with the last whole day, four at the most: so both sides
hold each day of the week as often, and each day after is paired with the same weekday before. It
compares before and after: whatever else happened meanwhile is in it too.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select

from analytics.feedback.hypotheses.before_after import Change, change_of
from analytics.filters import Filters
from analytics.measures.cutting import Values
from analytics.measures.loading import TRAILING
from analytics.metrics import CATALOGUE
from analytics.product.trends import trend, trend_sql
from analytics.scope import Viewer, within

MOST_WEEKS = 4
WEEK = timedelta(weeks=1)
ONE_DAY = timedelta(days=1)
# What reaches back by itself would count days before the release as days after it.
MEASURABLE = tuple(
    metric for metric in CATALOGUE if "day" in metric.grains and metric.key not in TRAILING
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The daily values around a release, and their change; None while no whole week is over.

    `days` has the columns and rows of `trend`, of the days compared and the release's own.
    """

    days: pd.DataFrame
    change: Change | None


def outcome(
    conn: Connection, viewer: Viewer, filters: Filters, metric: str, released: date
) -> Outcome:
    """What became of a metric of the event that the filters choose, or of all events.

    Of the filters' range and dimensions nothing else counts: it is about the whole project.
    Raises UnknownMetric, BadFilters, TooWide.
    """
    weeks = weeks_over(filters, released)
    days = trend(conn, within(viewer, "feedback"), days_around(filters, released), metric)
    if not weeks or days.empty:
        return Outcome(days, None)
    before, after = _paired(days, released, weeks)
    return Outcome(days, change_of(before, after))


def outcome_sql(viewer: Viewer, filters: Filters, metric: str, released: date) -> Select[Any]:
    """The daily values behind `outcome`: which, period, series and value."""
    return trend_sql(within(viewer, "feedback"), days_around(filters, released), metric)


def weeks_over(filters: Filters, released: date) -> int:
    """How many whole weeks after the day of the release are over, up to `MOST_WEEKS`."""
    return max(0, min(MOST_WEEKS, (filters.today - released - ONE_DAY) // WEEK))


def days_around(filters: Filters, released: date) -> Filters:
    """The question about the days that are compared; of all so far while no week is over."""
    weeks = weeks_over(filters, released)
    end = released + ONE_DAY + weeks * WEEK if weeks else max(filters.today, released) + ONE_DAY
    plain = replace(filters.anywhere(), grain="day", compare=False, segment=None)
    return plain.over(released - (weeks or MOST_WEEKS) * WEEK, end)


def _paired(days: pd.DataFrame, released: date, weeks: int) -> tuple[Values, Values]:
    """The values before and after, in the order of their pairs.

    A day after is paired with the one as many weeks before it as are compared. For the last day
    that is the release itself, in whose place the first day of all is left over: the same weekday.
    """
    value = dict(zip(days["period"].dt.date, days["value"], strict=True))
    back = weeks * WEEK
    after = [released + (number + 1) * ONE_DAY for number in range(7 * weeks)]
    before = [day - back if day - back != released else released - back for day in after]
    return (
        np.array([value[day] for day in before], np.float64),
        np.array([value[day] for day in after], np.float64),
    )
