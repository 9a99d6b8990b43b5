"""The rules of a flag in its form: which values of which dimensions, and which segment."""

from collections.abc import Mapping, Sequence

import streamlit as st

from analytics.experiments.definition import TARGETING, InDimension, InSegment, targeting_of
from db.experiments.kept import Experiment
from ui.filters import LABELS

EVERYBODY = 0
SEGMENT = "segment"
GONE = "one that is gone"

Condition = InDimension | InSegment


def choose_rules(
    flag: Experiment, segments: Mapping[int, str], values: Mapping[str, Sequence[str]]
) -> str:
    """Draw them as they are kept; what they are now, as JSON.

    A form has one choice a dimension and one segment: further conditions of a dimension, further
    segments and those that say what must not be are kept as they are.
    """
    given = targeting_of(flag.targeting)
    ours = _shown(given)
    rules = [each for each in given if each not in ours.values()]
    for dimension, label in LABELS.items():
        found = ours.get(dimension)
        now = found.values if isinstance(found, InDimension) else ()
        picked = st.multiselect(
            label,
            list(dict.fromkeys((*values[dimension], *now))),
            list(now),
            key=f"flag_{dimension}_{flag.id}",
            placeholder="Any",
        )
        if picked:
            rules.append(InDimension(dimension, tuple(picked)))
    found = ours.get(SEGMENT)
    member = found.segment if isinstance(found, InSegment) else EVERYBODY
    segment = _segment(flag, segments, member)
    if segment != EVERYBODY:
        rules.append(InSegment(segment))
    return TARGETING.dump_json(tuple(rules)).decode()


def _shown(given: Sequence[Condition]) -> dict[str, Condition]:
    """The conditions that the form has a field for: the first of each dimension and of segments."""
    found: dict[str, Condition] = {}
    for each in given:
        if not each.negated:
            found.setdefault(each.dimension if isinstance(each, InDimension) else SEGMENT, each)
    return found


def _segment(flag: Experiment, segments: Mapping[int, str], now: int) -> int:
    options = list(dict.fromkeys((EVERYBODY, *segments, now)))
    return st.selectbox(
        "Segment",
        options,
        options.index(now),
        key=f"flag_segment_{flag.id}",
        format_func=lambda each: segments.get(each, GONE if each else "Everybody"),
    )
