"""The cards of an experiment's results: lift by metric, its course, exposures, split, numbers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.experiments.definition import metrics_of
from analytics.experiments.outcomes import exposure_counts_sql, outcome_sums_sql
from analytics.experiments.results import Results, planned_units, primary_of
from analytics.filters import Filters
from analytics.scope import Viewer
from analytics.showing import shown
from db.experiments.kept import Experiment
from ui import charts
from ui import words_experiments as told
from ui.cards import Query, chart_card, table_card
from ui.experiments_rows import CHANCES, LIFTS, NUMBERS, lift_rows, number_rows

SPLIT: Mapping[str, Any] = {
    "variant": st.column_config.TextColumn("Variant", pinned=True),
    "n": st.column_config.NumberColumn("People", format="localized"),
    "expected": st.column_config.NumberColumn("Planned", format="localized"),
    "mixed": st.column_config.NumberColumn("Left out", help=told.MIXED, format="localized"),
}


def draw_results(
    viewer: Viewer, filters: Filters, experiment: Experiment, results: Results
) -> None:
    """What came of it; nothing that would name a winner where the split is wrong."""
    if results.reading.split.wrong:
        return
    if not results.counted:
        st.caption(told.NOTHING_COUNTED)
        return
    about = (viewer, filters, experiment, results)
    if experiment.kind == "import":  # of a single day
        _lift(*about)
    else:
        left, right = st.columns(2)
        with left:
            _lift(*about)
        with right:
            _course(*about)
    _numbers(results)


def exposed_by_day(exposures: pd.DataFrame) -> pd.DataFrame:
    """People exposed up to each day: day, series, value (people so far) and n (of the day)."""
    days = exposures.groupby("day", as_index=False)[["n"]].sum()
    so_far = days["n"].cumsum().astype("float64")
    told: pd.DataFrame = days.assign(value=so_far, series="People")
    return told


def outcomes_query(
    viewer: Viewer, filters: Filters, experiment: Experiment, phase: int
) -> Query | None:
    """The statement of the primary metric; what was imported has none, as no unit is kept."""
    if experiment.kind == "import":
        return None
    metric = primary_of(metrics_of(experiment.metrics))
    return lambda: shown(outcome_sums_sql(viewer, filters, experiment.id, phase, metric))


def _lift(viewer: Viewer, filters: Filters, experiment: Experiment, results: Results) -> None:
    rows = lift_rows(results.reading.estimates)
    chart_card(
        charts.intervals(rows, title="Change against the control"),
        rows[LIFTS],
        title=told.lift_title(results.reading),
        help=told.LIFT,
        name="lift",
        note=told.lift_note(results.reading),
        query=outcomes_query(viewer, filters, experiment, results.phase.number),
        empty=told.NOTHING_COUNTED,
    )


def _course(viewer: Viewer, filters: Filters, experiment: Experiment, results: Results) -> None:
    rows = results.course.rename(columns={"variant": "series", "lift": "value"})
    rows = rows[["day", "series", "value", "low", "high", "n"]].dropna(subset="value")
    chart_card(
        charts.course(
            rows,
            title="Change against the control",
            number="+.0~%",
            zone=filters.zone,
            line=0.0,
            line_label="No change",
        ),
        rows,
        title=told.course_title(rows),
        help=told.COURSE,
        name="course",
        note=told.COURSE_NOTE,
        query=outcomes_query(viewer, filters, experiment, results.phase.number),
        empty=told.NOTHING_COUNTED,
    )


def draw_arrivals(
    viewer: Viewer, filters: Filters, experiment: Experiment, results: Results
) -> None:
    """The people by day, against the plan; what was imported knows no days."""
    if experiment.kind == "import":
        return
    planned, rows = planned_units(experiment), exposed_by_day(results.exposures)
    chart_card(
        charts.course(
            rows,
            title="People exposed",
            number=",d",
            zone=filters.zone,
            line=float(planned or 0),
            line_label=f"Planned: {planned:,}" if planned else "",
            counted="On this day",
        ),
        rows,
        title=told.exposed_title(results.reading.split.n, planned),
        help=told.EXPOSED,
        name="exposures",
        query=_arrivals_query(viewer, filters, experiment, results),
        empty=told.NOBODY_YET,
    )


def draw_split(viewer: Viewer, filters: Filters, experiment: Experiment, results: Results) -> None:
    """The people of each variant, against the planned weights."""
    split = results.reading.split
    table_card(
        split.frame.round({"expected": 0}),
        title=told.split_title(split),
        help=told.SPLIT,
        name="split",
        columns=SPLIT,
        query=_arrivals_query(viewer, filters, experiment, results),
        empty=told.NOBODY_YET,
    )


def _arrivals_query(
    viewer: Viewer, filters: Filters, experiment: Experiment, results: Results
) -> Query | None:
    """The statement of exposures; what was imported has none."""
    if experiment.kind == "import":
        return None
    phase = results.phase.number
    return lambda: shown(exposure_counts_sql(viewer, filters, experiment.id, phase))


def _numbers(results: Results) -> None:
    rows = number_rows(results.reading.estimates)
    table_card(
        rows,
        title="All numbers",
        help=told.NUMBERS,
        name="numbers",
        columns={name: NUMBERS[name] for name in NUMBERS if name in rows},
    )
    table_card(
        rows[list(CHANCES)],
        title="How likely each variant is better",
        help=told.CHANCES,
        name="chances",
        columns=CHANCES,
    )
