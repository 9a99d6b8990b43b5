"""Signals of revenue: the key figures of each month, the present one as it is now."""

from datetime import date, timedelta
from functools import partial

import pandas as pd
from sqlalchemy import Connection

from analytics.business.revenue.metrics import REVENUE_METRICS
from analytics.business.revenue.movements import movements
from analytics.filters import add_months
from analytics.operations.signals.signal import DAY, Signal
from analytics.operations.signals.usage import POINTS, days_of, midnights
from analytics.operations.steps import Steps
from analytics.scope import Viewer

COLUMNS = {  # of the metrics that each month has
    "mrr": "end",
    "arr": "arr",
    "customers": "customers_end",
    "arpa": "arpa",
    "logo_churn": "logo_churn",
    "gross_revenue_churn": "gross_churn",
    "net_revenue_churn": "net_churn",
    "nrr": "nrr",
}
ONE_DAY = timedelta(days=1)  # what a month comes to is kept as it is now
METRICS = {metric.key: metric for metric in REVENUE_METRICS}


def monthly(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, of: str = "mrr"
) -> pd.DataFrame:
    """A figure of revenue: at (datetime64[us]), value and n (float64: the customers it rests on).

    A month is known at its end, and the present one at the midnight before now.
    """
    filters = days_of(conn, project_id, steps)
    found = movements(conn, viewer, filters)
    over = [_known(month.date(), filters.today) for month in found["month"]]
    at = pd.Series(midnights(over, filters.tz)) - timedelta(minutes=steps.minutes)
    value, n = found[COLUMNS[of]], found["customers_end"]
    return pd.DataFrame({"at": at, "value": value, "n": n}).astype(POINTS)


def _known(month: date, today: date) -> date:
    """The day at whose beginning the figures of a month are those of its end, or of today."""
    return min(add_months(month, 1), today)


REVENUE = tuple(
    Signal(METRICS[key], "business", "latest", DAY, partial(monthly, of=key), past=ONE_DAY)
    for key in COLUMNS
)
