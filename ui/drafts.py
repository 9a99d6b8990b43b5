"""The draft of a segment, which is held as text and in the address, and widgets that show it.

A link, an example and a kept segment fill the builder alike, by proposing a draft.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from analytics.segments.definition import Definition, Rule
from db.errors import LooplensError

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Row:
    """One condition of the draft."""

    draft: Definition
    place: int

    @property
    def rule(self) -> Rule:
        """The condition with its negation."""
        return self.draft.rules[self.place]

    def put(self, rule: Rule | None) -> None:
        """Make this the rule, or with None take it out of the draft."""
        before, after = self.draft.rules[: self.place], self.draft.rules[self.place + 1 :]
        propose(replace(self.draft, rules=(*before, *([rule] if rule else []), *after)))

    def set(self, **changes: Any) -> None:
        """Change these fields of the condition."""
        self.put(replace(self.rule, condition=replace(self.rule.condition, **changes)))

    def negate(self, negated: bool) -> None:
        """Make it the opposite, or not."""
        self.put(replace(self.rule, negated=negated))


def propose(draft: Definition) -> None:
    """Make this the draft: in a callback, or before the builder is drawn."""
    st.session_state[DRAFT] = draft.json if draft.rules else ""


def controlled(
    widget: Callable[..., Any],
    label: str,
    key: str,
    value: Any,
    take: Callable[[Any], None],
    *,
    label_visibility: str = "collapsed",
    **more: Any,
) -> None:
    """A widget that shows this value, and hands another to `take` when somebody chooses it.

    What can't be is told in passing, and the value stays as it was.
    """
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    widget(
        label,
        key=key,
        on_change=_taken,
        args=(key, take),
        label_visibility=label_visibility,
        **more,
    )


def _taken(key: str, take: Callable[[Any], None]) -> None:
    try:
        take(st.session_state[key])
    except LooplensError as error:
        st.toast(str(error))
