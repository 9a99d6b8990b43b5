"""What the Performance page is made of: its choices, key figures, tables and queries."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.operations.requests.compared import Standing
from analytics.operations.requests.measured import LOOPLENS, Measured, sources
from analytics.operations.requests.metrics import REQUEST_METRICS
from analytics.operations.requests.series import APDEX_MS
from analytics.operations.requests.statements import figures_sql, spread_sql
from analytics.periods import Period, periods, whole
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words
from ui import words_performance as told
from ui.cards import Query, chart_card, table_card
from ui.filters import choose_grain
from ui.frame import fetch
from ui.snippets import NO_KEY, snippet
from ui.tables import SECONDS, share
from ui.tiles import Figure, figures
from ui.words import amount, change

FIGURES = ("p50", "p95", "p99", "per_second", "error_rate")
LATENCY = FIGURES[:3]
ANSWERING = replace(REQUEST_METRICS["request_p95"], label="Time to answer")  # of all percentiles
LONGEST_T = 60_000  # ms
LEVEL = 0.0005  # of a figure: less is told as 0.0%
MS = "%.0f ms"
SHORT = {"request_rate": "Requests/s"}  # of what a tile has no room for


def _ms(label: str, help: str) -> Any:
    return st.column_config.NumberColumn(label, help=help, format=MS)


def _seconds(label: str, help: str) -> Any:
    return st.column_config.NumberColumn(label, help=help, format=SECONDS)


def _number(label: str, help: str = "", format: str = "localized") -> Any:
    return st.column_config.NumberColumn(label, help=help or None, format=format)


TIMES: Mapping[str, Any] = {
    "p50": _ms("p50", "Half took no longer"),
    "p95": _ms("p95", "One in twenty took longer"),
    "p99": _ms("p99", "One in a hundred took longer"),
}
CHANGE = {"change": share("Change of p95", "Of the days that are over")}
PAGES: Mapping[str, Any] = {
    "endpoint": st.column_config.TextColumn("Page", pinned=True),
    "p95": TIMES["p95"],
    **CHANGE,
    "n": _number("Views"),
    "p50": TIMES["p50"],
    "p99": TIMES["p99"],
}
ENDPOINTS: Mapping[str, Any] = {
    "endpoint": st.column_config.TextColumn("Endpoint", pinned=True),
    "p95": TIMES["p95"],
    **CHANGE,
    "error_rate": share("Failed", "Answered with 500 and above"),
    "n": _number("Requests"),
    "per_second": _number("A second", format="%.3f"),
    "p50": TIMES["p50"],
    "p99": TIMES["p99"],
    "apdex": _number("Apdex", format="%.2f"),
    "service": st.column_config.TextColumn("Service"),
    "refused_share": share("Refused", "Answered with 400 to 499"),
    "cache_hit_ratio": share("Cache hits", "Of the answers that tell"),
}
KINDS: Mapping[str, Any] = {
    "kind": st.column_config.TextColumn("Kind", pinned=True),
    "n": _number("Times"),
    "endpoint": st.column_config.TextColumn("Endpoint"),
    "share": share("Of its requests"),
    "service": st.column_config.TextColumn("Service"),
}
MODELS: Mapping[str, Any] = {
    "model": st.column_config.TextColumn("Model", pinned=True),
    "success": share("Success"),
    "p95": _seconds("p95", "One in twenty took longer"),
    "n": _number("Calls"),
    "name": st.column_config.TextColumn("Kind"),
    "p50": _seconds("p50", "Half took no longer"),
    "p99": _seconds("p99", "One in a hundred took longer"),
    "tokens": _number("Tokens", "On average", "%.0f"),
    "corrections": share("Corrected", "By somebody, of the calls that tell"),
    "repeats": share("Repeated", "Commands said again, of the calls that tell"),
    "follow_ups": share("Follow-ups", "By a further question, of the calls that tell"),
    "completions": share("Done", "Conversations that came to their end"),
    "request_bytes": _number("Sent, B", "Bytes, on average", "%.0f"),
    "response_bytes": _number("Got, B", "Bytes received, on average", "%.0f"),
}


def choose(filters: Filters) -> tuple[Measured, float, Filters]:
    """Draw the choice of who counted, of Apdex's threshold in ms, and of periods."""
    found = {told.source(each): each for each in fetch(sources, filters)}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.selectbox(
            "Measured by", list(found), key="measured", bind="query-params", width=190
        )
        limit = st.number_input(
            "Apdex T (ms)", 1, LONGEST_T, int(APDEX_MS), 50, key="apdex", bind="query-params",
            help=REQUEST_METRICS["apdex"].definition, width=150,
        )  # fmt: skip
        by_grain = choose_grain(filters, REQUEST_METRICS["request_p95"])
    return found[name], float(limit), by_grain


def teach(measured: Measured) -> None:
    """How to measure one's own services, while only Looplens or clients count."""
    if measured != LOOPLENS and measured.by == "servers":
        return
    with st.expander("Measure your own services", icon=":material/speed:"):
        st.markdown(told.HOW)
        st.code(snippet("py", NO_KEY, "opt-out", what="request"), language="python")


def tiles(found: Standing) -> None:
    """The key figures of the range, each with its change."""
    now = found.now
    values = {
        "request_rate": (told.rate(now.per_second), "per_second"),
        "request_p50": (amount(now.p50, "ms"), "p50"),
        "request_p95": (amount(now.p95, "ms"), "p95"),
        "request_errors": (amount(now.error_rate, "share"), "error_rate"),
        "apdex": (told.apdex(now.apdex), "apdex"),
        "cache_hit_ratio": (amount(now.cache_hit_ratio, "share"), "cache_hit_ratio"),
    }
    metrics = {key: REQUEST_METRICS[key] for key in values}
    figures(
        {
            SHORT.get(key, metrics[key].label): Figure(
                value,
                metrics[key].definition,
                _moved(found, figure),
                moves=metrics[key].direction != "neutral" and not _is_level(found, figure),
                less_is_better=metrics[key].direction == "down",
            )
            for key, (value, figure) in values.items()
        }
    )


def _is_level(found: Standing, figure: str) -> bool:
    """Whether it is as it was, to the digit that is told."""
    return abs(found.change(figure) or 0.0) < LEVEL


def _moved(found: Standing, figure: str) -> str:
    share = found.change(figure)
    return "" if share is None else change(share)


def lines(trend: pd.DataFrame) -> pd.DataFrame:
    """The percentiles of a trend."""
    return trend[trend["series"].isin(LATENCY)]


def line(trend: pd.DataFrame, figure: str) -> pd.DataFrame:
    """One figure of a trend, as the chart of a single line takes it."""
    return trend[trend["series"] == figure].assign(series=ALL)


def draw_rates(
    found: Standing, trend: pd.DataFrame, filters: Filters, marks: pd.DataFrame, query: Query
) -> None:
    """How many requests there were, and which share of them failed, side by side."""
    nothing = told.NO_FAILURE if found.now.n else told.NO_REQUEST
    rates = (
        ("request_rate", "per_second", told.load(found, filters), told.NO_REQUEST),
        ("request_errors", "error_rate", told.failing(found, filters, trend), nothing),
    )
    for column, (key, figure, title, empty) in zip(st.columns(2), rates, strict=True):
        one, metric = line(trend, figure), REQUEST_METRICS[key]
        with column:
            chart_card(
                charts.line(one, metric, grain=filters.grain, zone=filters.zone, marks=marks),
                one,
                title=title,
                help=metric.definition,
                name=key,
                note=words.legend(filters),
                query=query,
                empty=empty,
            )


def draw_pages(found: pd.DataFrame, filters: Filters, query: Query) -> None:
    """How long pages took to load."""
    table_card(
        found,
        title=told.slowest(found, filters, "loads"),
        help=told.PAGES,
        name="page_loads",
        columns=PAGES,
        query=query,
        empty=told.NO_PAGE,
    )


def draw_models(found: pd.DataFrame, query: Query) -> None:
    """AI calls by model."""
    table_card(
        told.named(found),
        title=told.models(found),
        help=told.MODELS,
        name="ai_models",
        columns=MODELS,
        query=query,
        empty=told.NO_CALL,
    )


def trend_query(viewer: Viewer, measured: Measured, filters: Filters, apdex_ms: float) -> str:
    """The statement behind the lines."""
    return shown(figures_sql(viewer, measured, _over(periods(filters), filters), apdex_ms))


def table_query(viewer: Viewer, measured: Measured, filters: Filters, apdex_ms: float) -> str:
    """The statement behind a table of endpoints or pages."""
    span = _over([whole(filters)], filters)
    return shown(figures_sql(viewer, measured, span, apdex_ms, apart=True))


def spread_query(viewer: Viewer, measured: Measured, filters: Filters) -> str:
    """The statement behind the heat map."""
    return shown(spread_sql(viewer, measured, periods(filters)))


def _over(spans: list[Period], filters: Filters) -> list[Period]:
    """The periods as far as they are over."""
    return [replace(span, end=min(span.end, filters.now)) for span in spans]
