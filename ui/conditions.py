"""The builder of segments: conditions by clicking, into one draft."""

from dataclasses import replace

import streamlit as st

from analytics.segments.definition import (
    MOST_RULES,
    Condition,
    Definition,
    Did,
    Dropped,
    FirstSeen,
    InStage,
    Rule,
    Trait,
    definition_of,
)
from db.errors import BadSegment
from ui.condition_fields import Choices, fields
from ui.drafts import DRAFT, Row, controlled, propose

MATCHES = {"all": "All of these", "any": "Any of these"}


def build(choices: Choices) -> Definition:
    """Draw the builder and return the draft, complete or not."""
    rules = st.container(gap="xsmall", key="rules")
    draft = _as_text()
    with rules:
        if len(draft.rules) > 1:
            _match(draft)
        for place in range(len(draft.rules)):
            _rule(Row(draft, place), choices)
        _adding(draft, choices)
    return draft


def _as_text() -> Definition:
    """The draft as text, to copy and to paste; what can't be read counts as no condition."""
    with st.expander("As text", key="as_text", type="compact"):
        text = st.text_area(
            "Definition",
            key=DRAFT,
            bind="query-params",
            label_visibility="collapsed",
            placeholder="The conditions as JSON: copy them from here, or paste others.",
        )
        try:
            return definition_of(text) if text else Definition()
        except BadSegment as error:
            st.warning(str(error))
            return Definition()


def _match(draft: Definition) -> None:
    controlled(
        st.segmented_control,
        "How conditions are combined",
        "match",
        draft.match,
        lambda match: propose(replace(draft, match=match)),
        options=list(MATCHES),
        format_func=MATCHES.__getitem__,
        required=True,
    )


def _rule(row: Row, choices: Choices) -> None:
    with st.container(
        border=True,
        horizontal=True,
        vertical_alignment="center",
        gap="xsmall",
        key=f"rule_{row.place}",
    ):
        fields(row, choices)
        st.button(
            "",
            key=f"remove_{row.place}",
            icon=":material/close:",
            help="Remove this condition",
            type="tertiary",
            on_click=row.put,
            args=(None,),
        )


def _adding(draft: Definition, choices: Choices) -> None:
    """A button a kind of condition; each adds one that is filled in already."""
    with st.container(horizontal=True, gap="xsmall"):
        for label, (icon, condition) in _fresh(choices).items():
            st.button(
                label,
                key=f"add_{condition.kind}",
                icon=f":material/{icon}:",
                on_click=_add,
                args=(draft, condition),
                disabled=len(draft.rules) >= MOST_RULES,
            )


def _add(draft: Definition, condition: Condition) -> None:
    propose(replace(draft, rules=(*draft.rules, Rule(condition))))


def _fresh(choices: Choices) -> dict[str, tuple[str, Condition]]:
    """A first condition of each kind that this project has anything for, by its button."""
    fresh: dict[str, tuple[str, Condition]] = {}
    if choices.events:
        fresh["Event"] = "bolt", Did(next(iter(choices.events)))
    dimension = next((name for name, values in choices.values.items() if values), None)
    if dimension:
        fresh["Dimension"] = "tune", Trait(dimension, tuple(choices.values[dimension][:1]))
    fresh["Lifecycle"] = "cycle", InStage("dormant")
    fresh["First seen"] = "person_add", FirstSeen()
    if choices.funnels:
        fresh["Funnel"] = "filter_alt", Dropped(next(iter(choices.funnels.values())))
    return fresh
