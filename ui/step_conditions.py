"""What the events of a step must be: conditions on their subject and their properties."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.product.funnels.definition import (
    MOST_CONDITIONS,
    NUMBER,
    OPERATORS,
    BadFunnel,
    Condition,
    Operator,
    Step,
    steps_text,
)
from analytics.product.properties import property_keys
from ui import words_funnels as words
from ui.drafts import controlled
from ui.frame import fetch
from ui.popovers import popover
from ui.words import plain

STEPS = "steps"
SUBJECT = "subject"  # how it is called among the properties, whose names come with a dot


@dataclass(frozen=True, slots=True)
class Row:
    """One condition of one of the steps."""

    steps: tuple[Step, ...]
    place: int
    number: int

    @property
    def condition(self) -> Condition:
        """The condition as it is."""
        return self.steps[self.place].conditions[self.number]

    def set(self, **changes: Any) -> None:
        """Change these fields of the condition; what can't be is told in passing."""
        try:
            self.put(replace(self.condition, **changes))
        except BadFunnel as error:
            st.toast(str(error))

    def compare(self, operator: Operator) -> None:
        """Compare by another operator, with a value that suits it."""
        numeric = operator in ("gt", "lt") and not re.fullmatch(NUMBER, self.condition.value)
        self.set(operator=operator, value="0" if numeric else self.condition.value)

    def put(self, condition: Condition | None) -> None:
        """Make this the condition, or with None take it out of the step."""
        step = self.steps[self.place]
        before, after = step.conditions[: self.number], step.conditions[self.number + 1 :]
        changed = replace(step, conditions=(*before, *([condition] if condition else []), *after))
        propose(changed_at(self.steps, self.place, changed))


def changed_at(steps: Sequence[Step], place: int, *into: Step) -> tuple[Step, ...]:
    """The steps with one of them replaced, by nothing to remove it."""
    return (*steps[:place], *into, *steps[place + 1 :])


def propose(steps: Sequence[Step]) -> None:
    """Make these the steps: in a callback, or before the builder is drawn."""
    st.session_state[STEPS] = steps_text(steps)


def conditions(filters: Filters, used: pd.DataFrame, steps: tuple[Step, ...], place: int) -> None:
    """The door to a step's conditions, and what they are."""
    popover(
        "",  # the same with and without conditions: another label would close it
        f"conditions_{place}",
        partial(_behind, filters, used, steps, place),
        icon="tune",
        help="Conditions on the subject and on properties",
    )
    if steps[place].conditions:
        st.caption(plain(words.conditions_told(steps[place])), width="content")


def _behind(filters: Filters, used: pd.DataFrame, steps: tuple[Step, ...], place: int) -> None:
    step = steps[place]
    count = len(step.conditions)
    known = fetch(property_keys, filters, step.name)
    theirs = (used["name"] == step.name) & (used["subject"] != "")
    subjects = used.loc[theirs, "subject"].tolist()
    for number in range(count):
        _condition(Row(steps, place, number), subjects, known)
    st.button(
        "Add a condition",
        key=f"add_condition_{place}",
        icon=":material/add:",
        on_click=_add,
        args=(steps, place, subjects[0] if subjects else ""),
        disabled=count >= MOST_CONDITIONS,
    )
    st.caption(words.RAW)


def _condition(row: Row, subjects: Sequence[str], known: Sequence[str]) -> None:
    """The widgets of a condition, in the order of the sentence that it is."""
    condition, key = row.condition, f"{row.place}_{row.number}"
    listed = dict.fromkeys([*known, *filter(None, [condition.of])])
    names = {"": SUBJECT} | {name: f".{name}" for name in listed}
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        controlled(
            st.selectbox,
            "What",
            f"of_{key}",
            condition.of,
            lambda of: row.set(of=of),
            options=list(names),
            format_func=names.__getitem__,
            width=130,
        )
        controlled(
            st.selectbox,
            "Compared how",
            f"operator_{key}",
            condition.operator,
            row.compare,
            options=list(OPERATORS),
            format_func=words.OPERATORS.__getitem__,
            width=130,
        )
        if condition.operator != "set":
            _value(row, key, [] if condition.of else subjects)
        st.button(
            "",
            key=f"remove_condition_{key}",
            icon=":material/close:",
            help="Remove this condition",
            type="tertiary",
            on_click=row.put,
            args=(None,),
        )


def _value(row: Row, key: str, subjects: Sequence[str]) -> None:
    """The value to compare with: one of the subjects, or any text."""
    value = row.condition.value
    if subjects and row.condition.operator in ("eq", "ne"):
        controlled(
            st.selectbox,
            "Value",
            f"subject_{key}",
            value,
            lambda chosen: row.set(value=chosen or ""),
            options=list(dict.fromkeys([*subjects, value])),
            accept_new_options=True,
            width=170,
        )
        return
    controlled(
        st.text_input,
        "Value",
        f"value_{key}",
        value,
        lambda text: row.set(value=text),
        width=170,
    )


def _add(steps: tuple[Step, ...], place: int, subject: str) -> None:
    step = steps[place]
    fresh = Condition("", "eq", subject) if subject else Condition("", "set")
    changed = replace(step, conditions=(*step.conditions, fresh))
    propose(changed_at(steps, place, changed))
