"""Revenue on its page: what is asked for, key figures, how MRR moved and where it is heading."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.business.revenue.acquisition import Acquisition
from analytics.business.revenue.forecast import Forecast, history_sql
from analytics.business.revenue.lifetime import Lifetime
from analytics.business.revenue.metrics import REVENUE_METRICS
from analytics.business.revenue.movements import movements_sql
from analytics.business.revenue.standing import Month, Standing
from analytics.filters import Filters, add_months
from analytics.scope import Viewer
from analytics.showing import shown
from analytics.wording import amount, digits_of, money
from db.business_settings import BusinessSettings
from ui import charts
from ui import words_revenue as told
from ui.cards import chart_card
from ui.tiles import Figure, figures

SPANS = (6, 12, 24, 36)  # months
PARTS = {"new": 0, "expansion": 2, "reactivation": 4, "contraction": 3, "churn": 1}  # colours
LOST = ("contraction", "churn")
MOST_BUTTONS = 4  # currencies side by side
HELP = {metric.key: metric.definition for metric in REVENUE_METRICS}


def choose_months(filters: Filters) -> Filters:
    """Draw the choice of months; the filters over those that are over, and the present one."""
    chosen = st.segmented_control(
        "Months",
        SPANS,
        default=12,
        key="months",
        bind="query-params",
        required=True,
        help="That are over; the present one comes on top",
    )
    today = filters.today
    start = add_months(today.replace(day=1), -int(chosen))
    end = add_months(today.replace(day=1), 1)
    return replace(filters.of_anybody(), start=start, end=end, grain="month", compare=False)


def choose_currency(known: Sequence[str], usual: str) -> str:
    """Draw the choice of a currency, where there are several: each is counted on its own."""
    if len(known) == 1:
        return known[0]
    first = usual if usual in known else known[0]
    if len(known) > MOST_BUTTONS:
        index = known.index(first)
        return st.selectbox(
            "Currency", known, index, key="currency", bind="query-params", width=110
        )
    return st.segmented_control(
        "Currency", known, default=first, key="currency", bind="query-params", required=True
    )


def in_units(frame: pd.DataFrame, columns: Sequence[str], currency: str) -> pd.DataFrame:
    """The frame with these columns in units of the currency: euros, to the cent, for cents."""
    digits = digits_of(currency)
    return frame.assign(**{name: (frame[name] / 10**digits).round(digits) for name in columns})


def money_column(label: str, currency: str, help: str | None = None) -> Any:
    """A column of amounts in units of the currency, all with as many digits."""
    form = "accounting" if digits_of(currency) == 2 else "localized"
    return st.column_config.NumberColumn(f"{label} ({currency})", help=help, format=form)


def draw_tiles(
    now: Standing | None, worth: Lifetime, won: Acquisition, settings: BusinessSettings
) -> None:
    """The key figures of the last month that is over."""
    if now is None:
        return
    figures(_levels(now))
    figures(_losses(now) | _worth(worth, won, settings, now.currency))
    st.caption(told.caption(now))


def draw_unpriced(count: int) -> None:
    """What MRR is without, where it is without anything."""
    if count:
        st.caption(told.unpriced(count), help=told.UNPRICED)


def _levels(now: Standing) -> dict[str, Figure]:
    last, before = now.last, now.before
    heads = told.moved(last.customers_end, before.customers_end, before)
    return {
        "MRR": _money(last.end, before.end, now, HELP["mrr"]),
        "ARR": _money(last.arr, before.arr, now, HELP["arr"]),
        "Customers": Figure(f"{last.customers_end:,}", HELP["customers"], heads, moves=True),
        "ARPA": _money(last.arpa, before.arpa, now, HELP["arpa"]),
        "NRR": _share(last.nrr, before.nrr, before, HELP["nrr"]),
    }


def _losses(now: Standing) -> dict[str, Figure]:
    last, before = now.last, now.before
    gross, logo = HELP["gross_revenue_churn"], HELP["logo_churn"]
    return {
        "Gross churn": _share(last.gross_churn, before.gross_churn, before, gross),
        "Customer churn": _share(last.logo_churn, before.logo_churn, before, logo),
    }


def _worth(
    worth: Lifetime, won: Acquisition, settings: BusinessSettings, currency: str
) -> dict[str, Figure]:
    whole = won.whole
    cac, payback, ratio = (whole.cac, whole.payback, whole.ltv_cac) if whole else (None,) * 3
    return {
        "LTV": Figure(
            told.lifetime(worth, currency),
            told.lifetime_help(worth, settings),
            told.lifetime_interval(worth, currency),
        ),
        "CAC": Figure(money(cac, currency), HELP["cac"], told.paid_back(payback)),
        "LTV / CAC": Figure(told.times(ratio), HELP["ltv_cac"]),
    }


def _money(value: float | None, before: float | None, now: Standing, help: str) -> Figure:
    return Figure(
        money(value, now.currency), help, told.moved(value, before, now.before), moves=True
    )


def _share(value: float | None, before: float | None, then: Month, help: str) -> Figure:
    return Figure(amount(value, "share"), help, told.was(before, then))


def draw_movements(
    rows: pd.DataFrame, now: Standing | None, viewer: Viewer, asked: Filters, currency: str
) -> None:
    """How MRR moved month by month, and over those that are over as a waterfall."""
    query = partial(_query, viewer, asked, currency)
    left, right = st.columns(2)
    monthly = in_units(rows, ["start", *told.MOVED, "end"], currency)
    with left:
        chart_card(
            charts.stack(
                monthly.assign(period=monthly["month"], net=monthly["end"] - monthly["start"]),
                parts=PARTS,
                below=LOST,
                grain="month",
                zone=asked.zone,
                title=f"MRR ({currency})",
                of="What",
                early=True,
            ),
            monthly,
            title=told.monthly_finding(now) if now else "MRR by month",
            help=told.MONTHLY,
            name="movements",
            query=query,
        )
    over = rows[rows["complete"]]
    totals = bridge(over)
    with right:
        chart_card(
            charts.waterfall(bridge_frame(totals, currency), title=f"MRR ({currency})"),
            bridge_frame(totals, currency)[["label", "amount"]],
            title=told.waterfall_finding(totals, len(over), currency),
            help=told.WATERFALL,
            name="waterfall",
            query=query,
        )


def _query(viewer: Viewer, asked: Filters, currency: str) -> str:
    return shown(movements_sql(viewer, asked, currency))


def bridge(rows: pd.DataFrame) -> Mapping[str, int]:
    """The cents that all months began with, what moved them by kind, and what they ended with."""
    if rows.empty:
        return dict.fromkeys(("start", *told.MOVED, "end"), 0)
    moved = {kind: int(rows[kind].sum()) for kind in told.MOVED}
    return {"start": int(rows["start"].iloc[0]), **moved, "end": int(rows["end"].iloc[-1])}


def bridge_frame(totals: Mapping[str, int], currency: str) -> pd.DataFrame:
    """A row a bar of the waterfall: label, number (str), amount (float64, units), kind (str)."""
    signed = {kind: -cents if kind in LOST else cents for kind, cents in totals.items()}
    rows = [
        {
            "label": told.MOVED.get(kind, kind.capitalize()),
            "amount": cents,
            "kind": "moved" if kind in told.MOVED else "total",
            "number": told.signed(cents, currency)
            if kind in told.MOVED
            else money(cents, currency),
        }
        for kind, cents in signed.items()
    ]
    return in_units(pd.DataFrame(rows), ["amount"], currency)


def draw_forecast(found: Forecast, viewer: Viewer, asked: Filters, currency: str) -> None:
    """MRR by month, and six months ahead."""
    course = in_units(found.course, ["value", "low", "high"], currency)
    chart_card(
        charts.outlook(course, title=f"MRR ({currency})"),
        course,
        title=told.forecast_finding(found, currency),
        help=told.FORECAST,
        name="forecast",
        note=told.forecast_note(found),
        query=lambda: shown(history_sql(viewer, asked, currency)),
    )
