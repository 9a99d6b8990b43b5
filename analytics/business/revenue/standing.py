"""How revenue stands: the month that is over, the one before it, and the one that goes on."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from analytics.business.revenue.currency import chosen_currency, currencies, shown_currency
from analytics.business.revenue.movements import movements
from analytics.filters import Filters, add_months
from analytics.scope import Viewer


@dataclass(frozen=True, slots=True)
class Month:
    """One row of `movements`: amounts in cents; shares are None where the month began with 0."""

    month: datetime
    start: int
    new: int
    expansion: int
    contraction: int
    churn: int
    reactivation: int
    end: int
    arr: int
    arpa: float | None
    customers_start: int
    customers_end: int
    customers_new: int
    customers_lost: int
    logo_churn: float | None
    gross_churn: float | None
    net_churn: float | None
    nrr: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """`running` goes on and ends now, `last` is over, `before` is the month before that."""

    currency: str
    running: Month
    last: Month
    before: Month


def standing(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str = ""
) -> Standing | None:
    """As of now, whatever the range; None where nobody ever paid."""
    shown = chosen_currency(conn, viewer, filters.project_id, currency)
    first = add_months(filters.today.replace(day=1), -2)
    recent = replace(filters, start=first, end=filters.today + timedelta(days=1), grain="month")
    rows = movements(conn, viewer, recent, shown)
    if rows.empty:
        return None
    before, last, running = (_month(row) for _, row in rows.iterrows())
    return Standing(shown, running, last, before)


def standings_besides(
    conn: Connection, viewer: Viewer, filters: Filters, most: int = 3
) -> tuple[Standing, ...]:
    """As of now in the other currencies than the one that is shown first, most customers first."""
    shown = shown_currency(conn, viewer, filters.project_id)
    others = [each for each in currencies(conn, viewer, filters.project_id) if each != shown]
    found = (standing(conn, viewer, filters, each) for each in others[:most])
    return tuple(each for each in found if each and each.last.end)


def _month(row: "pd.Series[Any]") -> Month:
    values = {field.name: row[field.name] for field in fields(Month)}
    known: dict[str, Any] = {name: None if pd.isna(each) else each for name, each in values.items()}
    return Month(**known | {"month": row["month"].to_pydatetime()})
