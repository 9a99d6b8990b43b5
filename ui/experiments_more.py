"""Below an experiment's results: parts of the people, what was written down, and who changed it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics.experiments.asking import changes_of, deletions_of
from analytics.experiments.definition import metrics_of, targeting_of
from analytics.experiments.outcomes import outcome_sums_by_dimension_sql
from analytics.experiments.results import Results, primary_of, segments
from analytics.filters import Filters
from analytics.scope import Viewer
from analytics.segments.asking import segments_of
from analytics.showing import shown
from db.experiments.history import Change
from db.experiments.kept import Experiment
from ui import words_experiments as told
from ui import words_measures
from ui.cards import literal, table_card, text_card
from ui.filters import LABELS
from ui.frame import fetch

PARTS: Mapping[str, Any] = {
    "value": st.column_config.TextColumn("Part", pinned=True),
    "variant": st.column_config.TextColumn("Variant"),
    "says": st.column_config.TextColumn("Says"),
    "lift": st.column_config.NumberColumn("Change", format="percent"),
    "low": st.column_config.NumberColumn("At least", format="percent"),
    "high": st.column_config.NumberColumn("At most", format="percent"),
    "p": st.column_config.NumberColumn("p", help="That it differs from the rest", format="%.3f"),
    "n": st.column_config.NumberColumn(
        "People", help="Those who got the variant", format="localized"
    ),
}
HISTORY: Mapping[str, Any] = {
    "number": st.column_config.NumberColumn("No.", width=50),
    "at": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm"),
    "who": st.column_config.TextColumn("Who"),
    "what": st.column_config.TextColumn("What", width="large"),
}


def draw_parts(viewer: Viewer, filters: Filters, experiment: Experiment, found: Results) -> None:
    """The primary metric by a dimension that the reader chooses, unless the split is wrong."""
    if found.reading.split.wrong or not found.counted or experiment.kind == "import":
        return
    dimensions = {label: name for name, label in LABELS.items()}
    label = st.selectbox(
        "Segments by", list(dimensions), key="part", bind="query-params", width=180
    )
    by = dimensions[label]
    phase = found.phase.number
    metric = primary_of(metrics_of(experiment.metrics))

    def query() -> str:
        place = (experiment.id, phase, metric, by)
        return shown(outcome_sums_by_dimension_sql(viewer, filters, *place))

    parts = fetch(segments, filters.project_id, experiment.key, by, phase)
    rows = told.part_rows(pd.DataFrame(columns=[*PARTS, "different"]) if parts is None else parts)
    table_card(
        rows,
        title=told.parts_title(rows, label),
        help=told.SEGMENTS,
        name="parts",
        columns=PARTS,
        note="Exploratory: to find what to test next, not to decide.",
        query=query,
        empty=told.NOTHING_COUNTED,
    )


def draw_definition(filters: Filters, experiment: Experiment) -> None:
    """What was written down, before any result was known."""
    names = {each.id: each.name for each in fetch(segments_of, filters.project_id)}
    text_card(
        [literal(line) for line in _lines(experiment, names)],
        title="What was written down",
        help=told.DEFINITION,
        name="definition",
        written=experiment.hypothesis,
    )


def draw_history(filters: Filters, experiment: Experiment) -> None:
    """Who changed what and when."""
    changes = fetch(changes_of, filters.project_id, experiment.id)
    table_card(
        history_rows(changes, filters.zone),
        title=f"{len(changes)} change{'s' * (len(changes) != 1)} on record",
        help=told.HISTORY,
        name="history",
        columns=HISTORY,
        empty="Nothing was changed here yet.",
    )


def draw_deletions(filters: Filters) -> None:
    """Who deleted which drafts and imports; nothing where nobody did."""
    gone = fetch(deletions_of, filters.project_id)
    if gone:
        table_card(
            history_rows(gone, filters.zone).assign(what=[told.deleted(each) for each in gone]),
            title=told.deletions_title(gone),
            help=told.DELETIONS,
            name="deletions",
            columns=HISTORY,
        )


def history_rows(changes: Sequence[Change], zone: str) -> pd.DataFrame:
    """The changes as a table, in the project's own time."""
    rows = [
        {
            "number": len(changes) - place,
            "at": each.at,
            "who": each.person or "by a command",
            "what": told.changed(each),
        }
        for place, each in enumerate(changes)
    ]
    frame = pd.DataFrame(rows, columns=list(HISTORY))
    at = pd.to_datetime(frame["at"], utc=True)
    return frame.assign(at=at.dt.tz_convert(zone).dt.tz_localize(None))


def _lines(experiment: Experiment, names: Mapping[int, str]) -> list[str]:
    """Variants, whom it is for, the plan, and each metric."""
    metrics = metrics_of(experiment.metrics)
    if experiment.kind == "import":
        return [
            f"Variants: {words_measures.variants(experiment.variants, experiment.control)}",
            *(f"{told.ROLES[each.role]}: {each.label}, a column of the file" for each in metrics),
        ]
    whom = words_measures.audience(targeting_of(experiment.targeting), names)
    lines = [
        f"Variants: {words_measures.variants(experiment.variants, experiment.control)}",
        f"For {whom}; {words_measures.share_of(experiment.share)} of them take part",
        *([f"In the layer {experiment.layer}"] if experiment.layer else []),
        *([words_measures.planned(experiment.plan)] if experiment.plan else []),
    ]
    return lines + [
        f"{told.ROLES[metric.role]}: {metric.label}, {words_measures.measured(metric)}"
        for metric in metrics
    ]
