"""Signals of whole months: what a month came to stands until that of the next one is known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from operator import attrgetter

import pandas as pd
from sqlalchemy import Connection

from analytics.business.goals.metrics import MONTHLY_RETENTION
from analytics.business.revenue.acquisition import Channel, spend_sql
from analytics.business.revenue.currency import shown_currency
from analytics.business.revenue.funnel import WINDOW, conversion
from analytics.business.revenue.lifetime import Losses, lifetime_of
from analytics.business.revenue.metrics import REVENUE_METRICS
from analytics.business.revenue.months import months_of
from analytics.business.revenue.payments import failures
from analytics.business.revenue.settings import settings_of
from analytics.business.revenue.sums import sums
from analytics.business.revenue.trials import trials
from analytics.filters import Filters, add_months
from analytics.measures.cutting import ALL
from analytics.operations.signals.signal import DAY, Signal
from analytics.operations.signals.usage import POINTS, days_of, midnights
from analytics.operations.steps import Steps
from analytics.product.lifecycle import lifecycle, people_before, retained
from analytics.scope import Viewer

Told = tuple[date, float | None, float]  # a month, its figure, and on how much that rests
Months = Callable[[Connection, Viewer, Filters], list[Told]]
KNOWN = {"day": "datetime64[us]", "value": "float64", "n": "float64"}
COSTS = {  # of a month: the figure, and on how much it rests
    "ltv": ("lifetime.value", "lifetime.churned"),
    "cac": ("cac", "won"),
    "payback": ("payback", "won"),
    "ltv_cac": ("ltv_cac", "won"),
}
METRICS = {metric.key: metric for metric in REVENUE_METRICS}


def _worth(conn: Connection, viewer: Viewer, filters: Filters, of: str = "ltv") -> list[Told]:
    """What customers of each month cost and bring, of all channels together."""
    settings = settings_of(conn, viewer, filters.project_id)
    if settings is None:
        return []
    currency = shown_currency(conn, viewer, filters.project_id)
    value, n = (attrgetter(name) for name in COSTS[of])
    found = [
        (month.start, _all_channels(conn, viewer, month, currency, settings.gross_margin))
        for month in _each(filters)
    ]
    return [(month, value(costs), n(costs)) for month, costs in found]


def _all_channels(
    conn: Connection, viewer: Viewer, month: Filters, currency: str, margin: float
) -> Channel:
    whole = sums(conn, viewer, month, currency)
    spent = conn.execute(spend_sql(viewer, month))
    spend = sum(row.spend for row in spent if row.currency == currency)
    worth = lifetime_of(whole, Losses(), margin)  # of which the interval is not asked for
    return Channel(ALL, spend, whole.won, whole.arpa, worth, margin)


def _paid(conn: Connection, viewer: Viewer, filters: Filters) -> list[Told]:
    """Who of the visitors of each month paid."""
    settings = settings_of(conn, viewer, filters.project_id)
    if settings is None:
        return []
    found = [
        (month.start, conversion(conn, viewer, month, settings).steps["actors"].tolist())
        for month in _each(filters)
    ]
    return [(month, people[2] / people[0], people[0]) for month, people in found if any(people)]


def _trials(conn: Connection, viewer: Viewer, filters: Filters) -> list[Told]:
    """Which of the trials that began in each month, and are over, were paid for."""
    currency = shown_currency(conn, viewer, filters.project_id)
    rows = trials(conn, viewer, filters, currency)
    return _told(rows["month"], rows["conversion"], rows["began"] - rows["open"])


def _recovered(conn: Connection, viewer: Viewer, filters: Filters) -> list[Told]:
    """Which of the failures of each month were recovered, without those that still may be."""
    currency = shown_currency(conn, viewer, filters.project_id)
    rows = failures(conn, viewer, filters, currency)
    return _told(rows["month"], rows["recovery"], rows["failed"] - rows["open"])


def _retained(conn: Connection, viewer: Viewer, filters: Filters) -> list[Told]:
    """Who of the people of the month before was active in each month."""
    rows = lifecycle(conn, viewer, filters)
    return _told(rows["period"], retained(rows), people_before(rows))


def standing(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    steps: Steps,
    of: Months = _worth,
    after: timedelta = timedelta(0),
) -> pd.DataFrame:
    """A figure of months by the day: at (datetime64[us]), value and n (float64).

    At each midnight it is that of the last month which ended so long (`after`) ago.
    """
    filters = days_of(conn, project_id, steps)
    first = add_months((filters.start - after).replace(day=1), -1)
    whole = filters.over(first, (filters.today - after).replace(day=1))
    told = of(conn, viewer, replace(whole, grain="month"))
    known = [(add_months(month, 1) + after, value, n) for month, value, n in told]
    days = pd.DataFrame({"day": pd.date_range(filters.start, filters.today, unit="us")})
    rows = pd.merge_asof(days, pd.DataFrame(known, columns=list(KNOWN)).astype(KNOWN), on="day")
    rows = rows[rows["n"].notna()]
    at = pd.Series(midnights(rows["day"].dt.date.tolist(), filters.tz), rows.index)
    return rows.assign(at=at - timedelta(minutes=steps.minutes))[list(POINTS)].astype(POINTS)


def _each(filters: Filters) -> list[Filters]:
    """Each month that is over by itself."""
    return [filters.over(month, add_months(month, 1)) for month in months_of(filters).over]


def _told(
    months: "pd.Series[pd.Timestamp]", value: "pd.Series[float]", n: "pd.Series[int]"
) -> list[Told]:
    return list(zip(months.dt.date, value.astype("float64"), n.astype("float64"), strict=True))


MONTHLY = (
    *(
        Signal(
            METRICS[key], "business", "latest", DAY, partial(standing, of=partial(_worth, of=key))
        )
        for key in COSTS
    ),
    Signal(
        METRICS["paid_conversion"],
        "business",
        "latest",
        DAY,
        partial(standing, of=_paid, after=timedelta(days=WINDOW)),
        follows_events=True,
    ),
    Signal(METRICS["trial_conversion"], "business", "latest", DAY, partial(standing, of=_trials)),
    Signal(METRICS["recovery"], "business", "latest", DAY, partial(standing, of=_recovered)),
    Signal(
        MONTHLY_RETENTION,
        "product",
        "latest",
        DAY,
        partial(standing, of=_retained),
        follows_events=True,
    ),
)
