"""Customers on the revenue page: cohorts, where they come from, what they cost, who stays."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics.business.revenue.acquisition import Acquisition, Channel, spend_sql
from analytics.business.revenue.breakdown import DIMENSIONS, revenue_by_sql
from analytics.business.revenue.cohorts import cohorts_sql
from analytics.business.revenue.funnel import Conversion
from analytics.business.revenue.funnel_sql import conversion_sql
from analytics.filters import Filters, add_months
from analytics.measures.cutting import ALL
from analytics.scope import Viewer
from analytics.showing import shown
from analytics.wording import digits_of
from db.business_settings import BusinessSettings
from ui import charts, tables
from ui import words_revenue as told
from ui.cards import chart_card, table_card
from ui.revenue import in_units, money_column

TOP = 10
MONEY = charts.Named("MRR at first", "Of MRR at first", "MRR", "Of")
CHANNELS = {
    "spend": "Spend",
    "won": "New customers",
    "cac": "CAC",
    "arpa": "ARPA",
    "payback": "Payback",
    "ltv": "LTV",
    "low": "LTV at least",
    "high": "LTV at most",
    "ltv_cac": "LTV / CAC",
}


def choose_part() -> str:
    """Draw the choice of a breakdown of MRR."""
    return st.segmented_control(
        "MRR by", DIMENSIONS, default="country", key="part", bind="query-params", required=True
    )


def draw_cohorts(rows: pd.DataFrame, viewer: Viewer, asked: Filters, currency: str) -> None:
    """What is left of what customers began with, by the month in which they were new."""
    cells = cohort_cells(rows, currency)
    averages = cohort_averages(cells)
    chart_card(
        charts.heat(averages, cells, grain="month", named=MONEY),
        rows,
        title=told.cohorts_finding(averages),
        help=told.COHORTS,
        name="cohorts",
        query=lambda: shown(cohorts_sql(viewer, asked, currency)),
    )


def cohort_cells(rows: pd.DataFrame, currency: str) -> pd.DataFrame:
    """The cohorts as a heat map takes them: whole units of the currency in place of people."""
    units = (rows["mrr"] / 10 ** digits_of(currency)).round().astype("int64")
    first = units.groupby(rows["cohort"]).transform("first")
    return pd.DataFrame(
        {
            "cohort": rows["cohort"],
            "series": ALL,
            "interval": rows["number"],
            "size": first,
            "actors": units,
            "share": rows["mrr_share"],
            "ripe": rows["complete"],
        }
    )


def cohort_averages(cells: pd.DataFrame) -> pd.DataFrame:
    """One row an interval: the share of what all cohorts that are old enough began with, and how
    many these are (cohorts, int64)."""
    ripe = cells[cells["ripe"]]
    by = ripe.groupby("interval")
    sums = by[["actors", "size"]].sum().assign(cohorts=by.size()).reset_index()
    share = sums["actors"] / sums["size"].where(sums["size"] > 0)
    return sums.assign(series=ALL, share=share)


def draw_breakdown(
    parts: pd.DataFrame, part: str, viewer: Viewer, asked: Filters, currency: str
) -> None:
    """MRR by country, channel or plan: the largest as bars, and all that is known of each."""
    frame = in_units(parts, ["mrr", "before", "arpa"], currency)
    label, title = part.capitalize(), told.breakdown_finding(parts, part)
    query = partial(_query, viewer, asked, currency, part)
    left, right = st.columns([2, 3])
    with left:
        chart_card(
            charts.bars(
                frame.head(TOP),
                label="part",
                value="mrr",
                label_title=label,
                value_title=f"MRR ({currency})",
                number=",.0f",
            ),
            frame,
            title=title,
            help=told.BREAKDOWN,
            name="parts",
            query=query,
        )
    with right:
        table_card(
            frame,
            title=f"What each {part} brings in",
            help=told.BREAKDOWN,
            name="parts_table",
            columns=_part_columns(label, currency, asked),
            query=query,
        )


def _query(viewer: Viewer, asked: Filters, currency: str, part: str) -> str:
    return shown(revenue_by_sql(viewer, asked, currency, part))


def _part_columns(label: str, currency: str, asked: Filters) -> Mapping[str, Any]:
    counted = "Subscriptions" if label == "Plan" else "Customers"
    before = f"{add_months(asked.start, -1):%b %Y}"
    return {
        "part": st.column_config.TextColumn(label, pinned=True),
        "mrr": money_column("MRR", currency),
        "share": tables.share("Of all"),
        "change": tables.share(f"Since {before}", f"MRR now, against that at the end of {before}"),
        "customers": tables.number(counted),
        "arpa": money_column("ARPA", currency, "MRR / " + counted.lower()),
        "churn": tables.share("Churn a month", f"{counted} lost / {counted.lower()} at the start"),
    }


def draw_acquisition(found: Acquisition, viewer: Viewer, asked: Filters, currency: str) -> None:
    """What customers cost by channel, and what they bring in."""
    table_card(
        acquisition_frame(found, currency),
        title=told.acquisition_finding(found, currency),
        help=told.ACQUISITION,
        name="acquisition",
        columns=_channel_columns(currency),
        note=told.acquisition_note(found),
        query=lambda: shown(spend_sql(viewer, asked)),
    )


def acquisition_frame(found: Acquisition, currency: str) -> pd.DataFrame:
    """A row a channel, and all of them first: amounts in units (float64), payback in months."""
    whole = [found.whole] if found.whole else []
    rows = [_row(each) for each in (*whole, *found.channels)]
    frame = pd.DataFrame(rows, columns=["channel", *CHANNELS])
    money = ["spend", "cac", "arpa", "ltv", "low", "high"]
    numbers = frame.astype(dict.fromkeys(CHANNELS, "float64")).astype({"won": "int64"})
    return in_units(numbers.round({"payback": 1, "ltv_cac": 1}), money, currency)


def _row(each: Channel) -> tuple[Any, ...]:
    worth = each.lifetime
    known = (each.cac, each.arpa, each.payback, worth.value, worth.low, worth.high, each.ltv_cac)
    return (each.channel, each.spend, each.won, *(np.nan if v is None else v for v in known))


def _channel_columns(currency: str) -> Mapping[str, Any]:
    amounts = {name: money_column(label, currency) for name, label in CHANNELS.items()}
    return {
        "channel": st.column_config.TextColumn("Channel", pinned=True),
        **amounts,
        "won": tables.number(CHANNELS["won"]),
        "payback": _ratio(f"{CHANNELS['payback']} (months)"),
        "ltv_cac": _ratio(CHANNELS["ltv_cac"]),
    }


def _ratio(label: str) -> Any:
    return st.column_config.NumberColumn(label, format="%.1f")


def draw_funnel(
    found: Conversion, viewer: Viewer, asked: Filters, settings: BusinessSettings
) -> None:
    """From a visit to a customer who stays."""
    steps = found.steps
    chart_card(
        charts.funnel(steps, label="step"),
        steps,
        title=told.funnel_finding(found),
        help=told.FUNNEL.format(days=settings.retained_days),
        name="conversion",
        note=told.funnel_note(found),
        query=lambda: shown(conversion_sql(viewer, asked, settings)),
        empty=told.NO_FUNNEL.format(visit=settings.visit_event, sign_up=settings.signup_event),
    )
