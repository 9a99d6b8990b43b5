"""What the page on health shows: probes, promises, machines and the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.operations.health.capacity import capacities_sql
from analytics.operations.health.gauges import gauge_trend_sql, gauges_now_sql
from analytics.operations.health.metrics import GAUGES
from analytics.operations.health.objectives import Standing
from analytics.operations.health.probes import LOOPLENS, OURS, probes_now_sql
from analytics.operations.health.statements import slow_statements_sql
from analytics.operations.health.uptime import uptime_trend_sql
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words, words_machines, words_objectives, words_probes
from ui.cards import chart_card, table_card
from ui.frame import clock

HOURS_SHOWN = 7  # days that are told by the hour; longer ranges by the day
BUSY = ("cpu", "memory", "disk")
USED = replace(GAUGES["cpu"], label="Used")  # one axis for all of them
STATES = {"up": "Up", "down": "Down", "silent": "Silent", "paused": "Paused"}
KINDS = {"http": "HTTP", "tcp": "TCP", "postgres": "Postgres", "certificate": "Certificate"}
PERCENT, TIMES = "%.4g%%", "%.1f\u00d7"
BURN = "How many times as fast as it may the error budget goes"
PROBES: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Probe", pinned=True),
    "state": st.column_config.TextColumn("State", help=words_probes.PROBES),
    "uptime_day": st.column_config.NumberColumn("24 h", help="Uptime", format=PERCENT),
    "uptime_month": st.column_config.NumberColumn("30 days", help="Uptime", format=PERCENT),
    "reason": st.column_config.TextColumn("Why", width="medium"),
    "of": st.column_config.TextColumn("Of", help="This project, or Looplens itself"),
    "kind": st.column_config.TextColumn("Kind"),
    "duration_ms": st.column_config.NumberColumn(
        "Takes", help="Good ones of 24 hours, on average", format="%.0f ms"
    ),
    "days_left": st.column_config.NumberColumn(
        "Days left", help="Of its certificate", format="%.0f"
    ),
    "checked_at": st.column_config.DatetimeColumn("Looked at", format="distance"),
}
OBJECTIVES: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Objective", pinned=True),
    "state": st.column_config.TextColumn("State"),
    "left": st.column_config.NumberColumn(
        "Budget", help="What is left of the error budget; below 0 it is missed", format="%.0f%%"
    ),
    "kept": st.column_config.TextColumn("Kept"),
    "minutes": st.column_config.TextColumn("As time"),
    "hour": st.column_config.NumberColumn("Burn, 1 h", help=BURN, format=TIMES),
    "hours": st.column_config.NumberColumn("6 h", help=BURN, format=TIMES),
    "days": st.column_config.NumberColumn("3 days", help=BURN, format=TIMES),
    "of": st.column_config.TextColumn("Of", help="This project, or Looplens itself"),
    "promise": st.column_config.TextColumn("Promise"),
    "n": st.column_config.NumberColumn("Counted", format="localized"),
}
ROOM: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("What", pinned=True),
    "used": st.column_config.ProgressColumn("Used", format="percent", width=110),
    "outlook": st.column_config.TextColumn("Full", help=words_machines.CAPACITY),
    "subject": st.column_config.TextColumn("Of it"),
    "host": st.column_config.TextColumn("Machine"),
}
STATEMENTS: Mapping[str, Any] = {
    "mean_ms": st.column_config.NumberColumn("Mean", format="%.1f ms", pinned=True),
    "statement": st.column_config.TextColumn("Statement", width="large"),
    "max_ms": st.column_config.NumberColumn("Longest", format="%.1f ms"),
    "calls": st.column_config.NumberColumn("Calls", format="localized"),
    "share": st.column_config.NumberColumn("Of all time", format="percent"),
}


def in_few_periods(filters: Filters) -> Filters:
    """The filters by the day where hours would be too many to tell apart, of the whole project."""
    whole = filters.of_anybody()
    hourly = whole.grain == "hour" and whole.days > HOURS_SHOWN
    return replace(whole, grain="day") if hourly else whole


def draw_probes(
    viewer: Viewer, filters: Filters, probes: pd.DataFrame, trend: pd.DataFrame
) -> None:
    """The probes as they are now, and what they found over the range."""
    now = clock(30)
    told = probes.assign(
        of=probes["of"].map(words_probes.whose),
        state=probes["state"].map(STATES),
        kind=probes["kind"].map(KINDS),
        reason=probes["reason"].replace("", None),
        uptime_day=probes["uptime_day"] * 100,
        uptime_month=probes["uptime_month"] * 100,
    )
    table_card(
        told,
        title=words_probes.probes_finding(probes),
        help=words_probes.PROBES,
        name="probes",
        columns=PROBES,
        empty=words_probes.NO_PROBES,
        query=lambda: shown(probes_now_sql(viewer, filters.project_id, now)),
    )
    chart_card(
        charts.strips(trend, grain=filters.grain, zone=filters.zone),
        trend,
        title=words_probes.uptime_finding(trend, probes),
        help=words_probes.UPTIME,
        name="uptime",
        empty=words_probes.NO_PROBES,
        query=lambda: shown(uptime_trend_sql(viewer, filters)),
    )


def draw_objectives(standings: Sequence[Standing]) -> None:
    """What is promised, what is left of it and how fast it goes."""
    table_card(
        pd.DataFrame([_promised(each) for each in standings], columns=list(OBJECTIVES)),
        title=words_objectives.objectives_finding(standings),
        help=words_objectives.OBJECTIVES,
        name="objectives",
        columns=OBJECTIVES,
        empty=words_objectives.NO_OBJECTIVES,
    )


def draw_machines(
    viewer: Viewer,
    filters: Filters,
    busy: pd.DataFrame,
    now: pd.DataFrame,
    marks: pd.DataFrame,
) -> None:
    """How busy and full machines are over the range."""
    chart_card(
        charts.line(busy, USED, grain=filters.grain, zone=filters.zone, marks=marks),
        busy,
        title=words_machines.machines_finding(now),
        help=words_machines.MACHINES,
        name="machines",
        empty=words_machines.NO_GAUGES,
        query=lambda: shown(gauge_trend_sql(viewer, filters, BUSY)),
    )


def draw_room(viewer: Viewer, filters: Filters, room: pd.DataFrame, now: pd.DataFrame) -> None:
    """When something is full, and beside it what takes the place in the database."""
    moment, left, right = clock(60), *st.columns(2)
    with left:
        table_card(
            room.assign(outlook=[words_machines.outlook(row) for _, row in room.iterrows()]),
            title=words_machines.capacity_finding(room),
            help=words_machines.CAPACITY,
            name="capacity",
            columns=ROOM,
            empty=words_machines.NO_GAUGES,
            query=lambda: shown(capacities_sql(viewer, filters.project_id, moment)),
        )
    with right:
        tables = now[now["name"] == "table_bytes"].sort_values("value", ascending=False)
        tables = tables.assign(megabytes=tables["value"] / words_machines.MEGABYTE)
        chart_card(
            charts.bars(
                tables.head(8),
                label="subject",
                value="megabytes",
                label_title="",
                value_title="MB",
                number=",.2~f",
            ),
            tables,
            title=words_machines.tables_finding(now),
            help=words_machines.TABLES,
            name="tables",
            empty=words_machines.NO_GAUGES,
            query=lambda: shown(gauges_now_sql(viewer, filters.project_id, moment)),
        )


def draw_statements(viewer: Viewer, filters: Filters, slow: pd.DataFrame | None) -> None:
    """The slowest statements, or how to have them counted."""
    table_card(
        pd.DataFrame(columns=list(STATEMENTS)) if slow is None else slow,
        title=words_machines.statements_finding(slow),
        help=words_machines.STATEMENTS,
        name="statements",
        columns=STATEMENTS,
        empty=words_machines.UNCOUNTED if slow is None else words_machines.FEW_STATEMENTS,
        query=lambda: shown(slow_statements_sql(viewer, filters.project_id)),
    )


def _promised(standing: Standing) -> dict[str, Any]:
    """A row of the table of objectives."""
    slo, budget = standing.slo, standing.budget
    rates = [each.long_rate for each in standing.burns]
    used = budget.used
    return {
        "name": slo.name,
        "of": words_probes.whose(LOOPLENS if slo.of_looplens else OURS),
        "state": words_objectives.promise_state(standing),
        "promise": words_objectives.promise(slo),
        "kept": words.exact_share(budget.kept),
        "left": None if used is None else 100 * (1 - used),
        "minutes": words_objectives.minutes(budget.minutes_left),
        "n": budget.n,
    } | dict(zip(("hour", "hours", "days"), rates, strict=True))
