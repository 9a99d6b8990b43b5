"""The widgets of one condition: they show the draft, and hand every change back to it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import streamlit as st

from analytics.segments.definition import (
    COMPARISONS,
    MOST_DAYS,
    MOST_TIMES,
    STAGES,
    WHEN,
    Between,
    Did,
    Dropped,
    FirstSeen,
    InStage,
    LastDays,
    Span,
    Trait,
)
from db.tables import DIMENSIONS
from ui import words_segments as words
from ui.drafts import Row, controlled

ONE_DAY = timedelta(days=1)
SPANS = {"last": "in the last", "between": "between"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from in a project, as of today."""

    events: Mapping[str, Sequence[str]]  # the subjects of each name
    values: Mapping[str, Sequence[str]]  # the values of each dimension
    funnels: Mapping[str, str]  # by name, as text
    today: date


def fields(row: Row, choices: Choices) -> None:
    """The widgets of a condition, in the order of the sentence that it is."""
    condition = row.rule.condition
    yes, no = words.NEGATIONS[condition.kind]
    controlled(
        st.selectbox,
        "Is it so",
        f"{row.place}_negated",
        row.rule.negated,
        row.negate,
        options=[False, True],
        format_func=lambda negated: no if negated else yes,
        width=_width([yes, no]),
    )
    match condition:
        case Did():
            _did(row, condition, choices)
        case Trait():
            _trait(row, condition, choices)
        case InStage():
            _stage(row, condition)
        case FirstSeen():
            _span(row, condition.within, choices.today)
        case Dropped():
            _dropped(row, condition, choices)


def _did(row: Row, did: Did, choices: Choices) -> None:
    names = _with(did.name, ("", *choices.events))
    _select(row, "name", did.name, names, {"": "anything"}, resets={"subject": None})
    if did.name:
        _subject(row, did, choices.events.get(did.name, ()))
    _select(row, "comparison", did.comparison, COMPARISONS)
    _number(row, "times", did.times, 0, MOST_TIMES, lambda times: row.set(times=times))
    _span(row, did.within, choices.today)


def _subject(row: Row, did: Did, subjects: Sequence[str]) -> None:
    """One subject of the event, "" being none, or any: a choice is a tuple of it, or empty."""
    chosen = () if did.subject is None else (did.subject,)
    labels = {(): "any subject", ("",): "no subject"}
    controlled(
        st.selectbox,
        "Subject",
        f"{row.place}_subject",
        chosen,
        lambda chosen: row.set(subject=chosen[0] if chosen else None),
        options=list(_with(chosen, [(), *((subject,) for subject in subjects)])),
        format_func=lambda chosen: labels.get(chosen) or chosen[0],
        width=140,
    )


def _trait(row: Row, trait: Trait, choices: Choices) -> None:
    _select(row, "dimension", trait.dimension, DIMENSIONS, words.DIMENSIONS, resets={"values": ()})
    controlled(
        st.multiselect,
        "Values",
        f"{row.place}_values",
        list(trait.values),
        lambda values: row.set(values=tuple(values)),
        options=_with_all(trait.values, choices.values[trait.dimension]),
        placeholder="Choose values",
        width=210,
    )
    _select(row, "when", trait.when, WHEN, words.WHEN)
    if trait.when == "used":
        _span(row, trait.within, choices.today)


def _stage(row: Row, stage: InStage) -> None:
    _select(row, "stage", stage.stage, STAGES)
    controlled(
        st.selectbox,
        "Period",
        f"{row.place}_period",
        (stage.grain, stage.ago),
        lambda period: row.set(grain=period[0], ago=period[1]),
        options=list(words.PERIODS),
        format_func=words.PERIODS.__getitem__,
        width=150,
    )


def _dropped(row: Row, dropped: Dropped, choices: Choices) -> None:
    steps = {place: f"after \u201c{name}\u201d" for place, name in enumerate(dropped.steps, 1)}
    _select(row, "step", dropped.step, tuple(steps), steps)
    st.markdown("of", width="content")
    names = {text: name for name, text in choices.funnels.items()}
    funnels = _with(dropped.funnel, tuple(names))
    labels = {text: names.get(text) or words.way(Dropped(text)) for text in funnels}
    _select(row, "funnel", dropped.funnel, funnels, labels, resets={"step": 1})
    _span(row, dropped.within, choices.today)


def _span(row: Row, span: Span, today: date) -> None:
    """A span: so many last days, or dates from a calendar."""
    usual = {"last": LastDays(30), "between": Between(today - timedelta(days=29), today + ONE_DAY)}
    controlled(
        st.selectbox,
        "When",
        f"{row.place}_span",
        span.kind,
        lambda kind: row.set(within=usual[kind]),
        options=list(SPANS),
        format_func=SPANS.__getitem__,
        width=_width(list(SPANS.values())),
    )
    if isinstance(span, LastDays):
        _number(row, "days", span.days, 1, MOST_DAYS, lambda days: row.set(within=LastDays(days)))
        return
    controlled(
        st.date_input,
        "From and to",
        f"{row.place}_dates",
        (span.start, span.end - ONE_DAY),
        lambda dates: _take_dates(row, dates),
        format="YYYY-MM-DD",
        width=230,
    )


def _take_dates(row: Row, dates: Sequence[date]) -> None:
    """Both ends of a range; the first alone, while the second is still to be clicked, is none."""
    if len(dates) == 2:
        row.set(within=Between(dates[0], dates[1] + ONE_DAY))


def _select(
    row: Row,
    field: str,
    value: Any,
    options: Sequence[Any],
    labels: Mapping[Any, str] | None = None,
    resets: Mapping[str, Any] | None = None,
) -> None:
    """A choice of a field's value; `resets` are the fields that another value makes void."""
    known = {option: str(option) for option in options} | dict(labels or {})
    controlled(
        st.selectbox,
        field.capitalize(),
        f"{row.place}_{field}",
        value,
        lambda chosen: row.set(**{field: chosen}, **(resets or {})),
        options=list(options),
        format_func=known.__getitem__,
        width=_width([known[option] for option in options]),
    )


def _number(
    row: Row, field: str, value: int, least: int, most: int, take: Callable[[Any], None]
) -> None:
    controlled(
        st.number_input,
        field.capitalize(),
        f"{row.place}_{field}",
        value,
        take,
        min_value=least,
        max_value=most,
        step=1,
        width=74,
    )
    st.markdown(field if value != 1 else field.removesuffix("s"), width="content")


def _with(value: Any, options: Sequence[Any]) -> Sequence[Any]:
    """The options, with the value that is chosen even if it is not there any more."""
    return options if value in options else (*options, value)


def _with_all(values: Iterable[str], options: Sequence[str]) -> list[str]:
    return [*options, *(value for value in values if value not in options)]


def _width(labels: Sequence[str]) -> int:
    """Pixels that the longest label takes, with the arrow."""
    return min(200, 48 + 7 * max(len(label) for label in labels))
