"""The rules of a flag in its form: which values of which dimensions, and which segment."""

from collections.abc import Mapping, Sequence

import streamlit as st

from analytics.experiments.definition import TARGETING, InDimension, InSegment, targeting_of
from db.experiments.kept import Experiment
from ui.filters import LABELS

EVERYBODY = 0
GONE = "one that is gone"


def choose_rules(
    flag: Experiment, segments: Mapping[int, str], values: Mapping[str, Sequence[str]]
) -> str:
    """Draw them as they are kept; what they are now, as JSON.

    Conditions that say what must not be are kept as they are: they are made by the API.
    """
    given = targeting_of(flag.targeting)
    negated = tuple(each for each in given if each.negated)
    chosen = {
        each.dimension: each.values
        for each in given
        if isinstance(each, InDimension) and not each.negated
    }
    ours = [each.segment for each in given if isinstance(each, InSegment) and not each.negated]
    rules: list[InDimension | InSegment] = list(negated)
    for dimension, label in LABELS.items():
        now = chosen.get(dimension, ())
        picked = st.multiselect(
            label,
            list(dict.fromkeys((*values[dimension], *now))),
            list(now),
            key=f"flag_{dimension}_{flag.id}",
            placeholder="Any",
        )
        if picked:
            rules.append(InDimension(dimension, tuple(picked)))
    segment = _segment(flag, segments, ours[0] if ours else EVERYBODY)
    if segment != EVERYBODY:
        rules.append(InSegment(segment))
    return TARGETING.dump_json(tuple(rules)).decode()


def _segment(flag: Experiment, segments: Mapping[int, str], now: int) -> int:
    options = list(dict.fromkeys((EVERYBODY, *segments, now)))
    return st.selectbox(
        "Segment",
        options,
        options.index(now),
        key=f"flag_segment_{flag.id}",
        format_func=lambda each: segments.get(
            each, "Everybody" if not each else "one that is gone"
        ),
    )
