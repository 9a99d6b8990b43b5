"""Payments, trials and prices on the revenue page."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.business.revenue.payments import collected_sql, failures_sql, reasons_sql
from analytics.business.revenue.pricing import plans_sql
from analytics.business.revenue.trials import trials_by_plan_sql, trials_sql
from analytics.filters import Filters
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, tables
from ui import words_revenue_more as told
from ui.cards import chart_card, table_card
from ui.revenue import in_units, money_column

OUTCOMES = {"recovered": 0, "open": 7, "lost": 1}  # of failed payments: places of colours
ENDS = {"converted": 0, "open": 7, "lost": 1}  # of trials
NO_TRIAL = "No subscription began with a trial in these months."
NO_FAILURE = "No payment failed in these months."
COUNTS: Mapping[str, Any] = {
    "failed": tables.number("Failed"),
    "recovered": tables.number("Recovered"),
    "open": tables.number("Open"),
    "recovery": tables.share("Recovery rate", "Of those that are not open any more"),
}
BY_PLAN: Mapping[str, Any] = {
    "plan": st.column_config.TextColumn("Plan", pinned=True),
    "began": tables.number("Began"),
    "converted": tables.number("Converted"),
    "open": tables.number("Open"),
    "conversion": tables.share("Conversion rate", "Of those that are not open any more"),
    "median_days": st.column_config.NumberColumn(
        "Days to pay", help="Of the typical trial that was paid for: the median", format="%.1f"
    ),
}


def draw_payments(
    paid: pd.DataFrame, failed: pd.DataFrame, viewer: Viewer, asked: Filters, currency: str
) -> None:
    """What was collected and refunded, and beside it which failures were recovered."""
    left, right = st.columns(2)
    money = in_units(paid, ["collected", "refunded", "net"], currency)
    with left:
        chart_card(
            charts.stack(
                money.assign(period=money["month"]),
                parts={"collected": 0, "refunded": 1},
                below=("refunded",),
                grain="month",
                zone=asked.zone,
                title=f"Payments ({currency})",
                of="What",
                early=True,
            ),
            money,
            title=told.collected_finding(paid, currency),
            help=told.COLLECTED,
            name="collected",
            query=lambda: shown(collected_sql(viewer, asked, currency)),
        )
    with right:
        chart_card(
            _by_month(failed, OUTCOMES, "Failed payments", asked),
            failed,
            title=told.failed_finding(failed),
            help=told.FAILED,
            name="failed",
            query=lambda: shown(failures_sql(viewer, asked, currency)),
            empty=NO_FAILURE,
        )


def draw_reasons(rows: pd.DataFrame, viewer: Viewer, asked: Filters, currency: str) -> None:
    """Why payments fail."""
    reason = st.column_config.TextColumn("Reason", pinned=True)
    table_card(
        rows,
        title=told.reasons_finding(rows),
        help=told.REASONS,
        name="reasons",
        columns={"reason": reason, **COUNTS},
        query=lambda: shown(reasons_sql(viewer, asked, currency)),
        empty=NO_FAILURE,
    )


def draw_trials(rows: pd.DataFrame, viewer: Viewer, asked: Filters, currency: str) -> None:
    """What became of trials, by the month in which they began."""
    chart_card(
        _by_month(rows, ENDS, "Trials", asked),
        rows,
        title=told.trials_finding(rows),
        help=told.TRIALS,
        name="trials",
        query=lambda: shown(trials_sql(viewer, asked, currency)),
        empty=NO_TRIAL,
    )


def draw_plans(rows: pd.DataFrame, viewer: Viewer, asked: Filters, currency: str) -> None:
    """The same by the plan that was tried."""
    table_card(
        rows,
        title=told.by_plan_finding(rows),
        help=told.BY_PLAN,
        name="trials_by_plan",
        columns=BY_PLAN,
        query=lambda: shown(trials_by_plan_sql(viewer, asked, currency)),
        empty=NO_TRIAL,
    )


def draw_prices(rows: pd.DataFrame, viewer: Viewer, asked: Filters, currency: str) -> None:
    """Plans and prices side by side."""
    between = [
        told.interval(low, high) for low, high in zip(rows["low"], rows["high"], strict=True)
    ]
    worth = [
        told.worth_interval(low, high, currency)
        for low, high in zip(rows["worth_low"], rows["worth_high"], strict=True)
    ]
    known = rows.assign(between=between, worth_between=worth)
    frame = in_units(known, ["price", "mrr", "worth", "worth_low", "worth_high"], currency)
    table_card(
        frame,
        title=told.prices_finding(rows, currency),
        help=told.PRICES,
        name="prices",
        columns=_price_columns(currency),
        query=lambda: shown(plans_sql(viewer, asked, currency)),
    )


def _price_columns(currency: str) -> Mapping[str, Any]:
    return {
        "plan": st.column_config.TextColumn("Plan", pinned=True),
        "billed": st.column_config.TextColumn("Billed each", help="How long one payment lasts"),
        "price": money_column("Price a month", currency),
        "subscriptions": tables.number("Subscriptions"),
        "mrr": money_column("MRR", currency),
        "started": tables.number("Began"),
        "ended": tables.number("Ended"),
        "churn": tables.share("Churn a month", "The share of subscriptions that ends in a month"),
        "between": st.column_config.TextColumn("95% interval"),
        "worth": money_column("Lifetime value", currency, "Price x gross margin / churn"),
        "worth_between": st.column_config.TextColumn("Its 95% interval", help=told.WORTH),
    }


def _by_month(
    rows: pd.DataFrame, parts: Mapping[str, int], title: str, asked: Filters
) -> charts.Chart:
    """Outcomes stacked by the month in which they began."""
    return charts.stack(
        rows.assign(period=rows["month"]),
        parts=parts,
        below=(),
        grain="month",
        zone=asked.zone,
        title=title,
        of="Outcome",
        early=True,
    )
