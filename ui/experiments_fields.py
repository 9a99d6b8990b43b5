"""The fields of a new experiment: the idea, its variants, and for whom it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from analytics.experiments.definition import TARGETING, InDimension, InSegment, targeting_of
from db.experiments.checking import LONGEST_HYPOTHESIS, LONGEST_NAME, MOST_VARIANTS
from db.experiments.kept import Variant
from db.segments import Segment
from db.tables import BUCKETS
from ui import words
from ui import words_trials as told
from ui.experiments_draft import field, held, number, put, rename
from ui.filters import LABELS
from ui.words_measures import audience, share_of

PERCENT = BUCKETS / 100
FEWEST = 2  # variants: one of them is the control
Conditions = tuple[InDimension | InSegment, ...]


def draw_idea() -> None:
    """The name, the key that the code asks for, and what is believed."""
    draft = held()
    left, right = st.columns([3, 2])
    with left:
        field(st.text_input, "Name", "name", draft.name, rename, max_chars=LONGEST_NAME)
    with right:
        field(st.text_input, "Key", "key", draft.key, help=told.KEY, max_chars=100)
    field(
        st.text_area,
        "We believe that",
        "hypothesis",
        draft.hypothesis,
        max_chars=LONGEST_HYPOTHESIS,
        placeholder="a shorter checkout lets more people complete it, since ...",
        height=80,
    )


def draw_variants() -> None:
    """A row a variant with its weight, and which of them is the control."""
    draft = held()
    for place in range(len(draft.variants)):
        _variant(place)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        keys = [each.key for each in draft.variants]
        field(st.selectbox, "Control", "control", draft.control, options=keys, width=200)
        st.button(
            "Add a variant",
            icon=":material/add:",
            on_click=_add,
            disabled=len(keys) >= MOST_VARIANTS,
        )
        st.button("Same weights", icon=":material/balance:", on_click=_even)
    total = sum(each.weight for each in draft.variants)
    if total != BUCKETS:
        st.caption(f":red[The weights sum to {share_of(total)}, not to 100%.]")


def draw_audience(values: Mapping[str, Sequence[str]], segments: Sequence[Segment]) -> None:
    """Which share of whom: all conditions must be met."""
    draft = held()
    with st.container(horizontal=True, gap="small"):
        number(
            "Share of people (%)",
            "share",
            draft.share / PERCENT,
            lambda share: put(share=round(share * PERCENT)),
            (0, 100),
            step=1.0,
            format="%g",
            help=told.SHARE,
            width=170,
        )
        field(st.text_input, "Layer", "layer", draft.layer, help=told.LAYER, width=200)
    given = targeting_of(draft.targeting)
    with st.expander(f"For {words.plain(audience(given, _names(segments)))}", key="exp_whom"):
        for dimension, label in LABELS.items():
            _condition(dimension, label, values[dimension], given)
        _segment(segments, given)


def _variant(place: int) -> None:
    variant = held().variants[place]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        field(
            st.text_input,
            f"Variant {place + 1}",
            f"variant_{place}",
            variant.key,
            lambda key: _change(place, key=key),
            max_chars=100,
            width=240,
        )
        number(
            "Weight (%)",
            f"weight_{place}",
            variant.weight / PERCENT,
            lambda weight: _change(place, weight=round(weight * PERCENT)),
            (0, 100),
            step=1.0,
            format="%g",
            width=130,
        )
        st.button(
            "",
            key=f"exp_remove_{place}",
            icon=":material/close:",
            help="Remove this variant",
            type="tertiary",
            on_click=_remove,
            args=(place,),
            disabled=len(held().variants) <= FEWEST,
        )


def _change(place: int, **changes: Any) -> None:
    """Change a variant; the control stays the control also under another key."""
    draft = held()
    old, new = draft.variants[place], replace(draft.variants[place], **changes)
    control = new.key if draft.control == old.key else draft.control
    put(variants=(*draft.variants[:place], new, *draft.variants[place + 1 :]), control=control)


def _remove(place: int) -> None:
    """Take a variant out; where it was the control, the first of the others becomes it."""
    draft = held()
    left = (*draft.variants[:place], *draft.variants[place + 1 :])
    keys = [each.key for each in left]
    put(variants=left, control=draft.control if draft.control in keys else keys[0])


def _add() -> None:
    kept = held().variants
    names = {each.key for each in kept}
    free = (f"variant-{number}" for number in range(2, MOST_VARIANTS + 2))
    put(variants=(*kept, Variant(next(name for name in free if name not in names), 0)))


def _even() -> None:
    """The same weight for all, and what is left over for the first ones."""
    kept = held().variants
    weight, left = divmod(BUCKETS, max(len(kept), 1))
    put(variants=tuple(replace(each, weight=weight + (n < left)) for n, each in enumerate(kept)))


def _condition(dimension: str, label: str, known: Sequence[str], given: Conditions) -> None:
    """A dimension that is, or is not, one of some values."""
    found = next(
        (each for each in given if isinstance(each, InDimension) and each.dimension == dimension),
        None,
    )
    rest = tuple(each for each in given if each is not found)
    values, negated = (found.values, found.negated) if found else ((), False)

    def take(chosen: Sequence[str], negated: bool) -> None:
        new = (InDimension(dimension, tuple(chosen), negated),) if chosen else ()
        _target((*rest, *new))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        field(
            st.multiselect,
            label,
            f"values_{dimension}",
            list(values),
            lambda chosen: take(chosen, negated),
            options=list(dict.fromkeys((*known, *values))),
            placeholder="Any",
        )
        if values:
            field(
                st.selectbox,
                f"{label} is one of these",
                f"not_{dimension}",
                negated,
                lambda way: take(values, way),
                options=[False, True],
                format_func=lambda way: "is not" if way else "is",
                width=130,
            )


def _segment(segments: Sequence[Segment], given: Conditions) -> None:
    found = next((each for each in given if isinstance(each, InSegment)), None)
    rest = tuple(each for each in given if each is not found)
    names = _names(segments)
    field(
        st.selectbox,
        "Segment",
        "segment",
        found.segment if found else None,
        lambda chosen: _target((*rest, *((InSegment(chosen),) if chosen else ()))),
        options=[None, *names],
        format_func=lambda number: names.get(number, "Everybody"),
        help=told.OF_SEGMENT,
    )


def _names(segments: Sequence[Segment]) -> dict[int, str]:
    return {each.id: each.name for each in segments}


def _target(conditions: Conditions) -> None:
    put(targeting=TARGETING.dump_json(conditions).decode())
