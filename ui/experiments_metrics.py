"""The metrics of a new experiment: one that decides, those that must not suffer, and others."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from analytics.experiments.catalogue import Ready
from analytics.experiments.definition import (
    LONGEST_WINDOW,
    METRICS,
    OF_FEEDBACK,
    Measure,
    Metric,
    Role,
    metrics_of,
    numbered,
)
from analytics.product.retention import ANYTHING, Doing
from db.errors import BadExperiment
from db.experiments.checking import MOST_METRICS
from ui import words_trials as told
from ui.experiments_draft import field, held, number, put
from ui.terms import name_of
from ui.words_experiments import ROLES

USUAL: Mapping[Role, str] = {
    "primary": "conversion",
    "guardrail": "error_rate",
    "secondary": "events",
}
OTHERS: Mapping[Role, str] = {"guardrail": "Add a guardrail", "secondary": "Add a metric"}
USUAL_MARGIN = 0.02
CAPPED = ("value", "events", "duration")


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be measured in a project: ready-made metrics by key, and what people do by label."""

    ready: Mapping[str, Ready]
    doings: Mapping[str, Doing]


def draw_metrics(choices: Choices) -> tuple[Metric, ...]:
    """Draw a row a metric and the buttons that add one; the metrics as they are."""
    metrics = metrics_of(held().metrics)
    if not metrics:
        metrics = (_usual("primary", choices),)
        _keep(metrics)
    for place in range(len(metrics)):
        _row(metrics, place, choices)
    with st.container(horizontal=True, gap="small"):
        for role, label in OTHERS.items():
            st.button(
                label,
                key=f"exp_add_{role}",
                icon=":material/add:",
                on_click=_add,
                args=(metrics, role, choices),
                disabled=len(metrics) >= MOST_METRICS,
            )
    return metrics


def key_of(metric: Metric, ready: Mapping[str, Ready]) -> str:
    """Which of the ready-made metrics one was made from; the first where it was from none."""
    for key, each in ready.items():
        if metric.label == each.label or metric.label.startswith(f"{each.label}: "):
            return key
    kind = _kind(metric)
    return next(
        (key for key, each in ready.items() if _kind(each.metric) == kind), next(iter(ready))
    )


def made(ready: Ready, doing: Doing, before: Metric) -> Metric:
    """A ready-made metric of what people do, in the place of another one."""
    metric = ready.metric
    label = ready.label
    if of_an_event(metric) and doing.event:
        label = f"{ready.label}: {name_of(doing)}"
        over = _about(metric.over, doing) if metric.over else None
        metric = replace(metric, measure=_about(metric.measure, doing), over=over)
    window = max(before.window_days, metric.window_days)
    margin = before.margin if before.role == "guardrail" else 0.0
    return replace(metric, role=before.role, label=label, window_days=window, margin=margin)


def of_an_event(metric: Metric) -> bool:
    """Whether it can be of one event."""
    return metric.measure.of not in (*OF_FEEDBACK, "funnel")


def is_capped(metric: Metric) -> bool:
    """Whether a few people may have so much of it that they drown the others."""
    return metric.measure.of in CAPPED


def _row(metrics: tuple[Metric, ...], place: int, choices: Choices) -> None:
    metric = metrics[place]
    now = key_of(metric, choices.ready)
    about = _doing(metric, choices)
    labels = {key: each.label for key, each in choices.ready.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        field(
            st.selectbox,
            ROLES[metric.role],
            f"metric_{place}",
            now,
            lambda key: _set(
                metrics, place, made(choices.ready[key], choices.doings[about], metric)
            ),
            options=list(labels),
            format_func=labels.__getitem__,
            help=choices.ready[now].definition,
            width=220,
        )
        if of_an_event(metric):
            field(
                st.selectbox,
                "Of",
                f"metric_of_{place}",
                about,
                lambda name: _set(
                    metrics, place, made(choices.ready[now], choices.doings[name], metric)
                ),
                options=list(choices.doings),
                width=220,
            )
        _window(metrics, place)
        if is_capped(metric):
            _cap(metrics, place)
        if metric.role == "guardrail":
            _margin(metrics, place)
        if metric.role != "primary":
            _remove(metrics, place)


def _window(metrics: tuple[Metric, ...], place: int) -> None:
    metric = metrics[place]
    number(
        "Within days",
        f"metric_days_{place}",
        metric.window_days,
        lambda days: _set(metrics, place, replace(metric, window_days=days)),
        (metric.measure.day + 1, LONGEST_WINDOW),
        help=told.WINDOW,
        width=120,
    )


def _cap(metrics: tuple[Metric, ...], place: int) -> None:
    metric = metrics[place]

    def take(cap: float | None) -> None:
        if cap is not None and cap <= 0:
            raise BadExperiment("Count at most: above 0, or nothing for all.")
        _set(metrics, place, replace(metric, cap=cap))

    field(
        partial(st.number_input, value=None),
        "Count at most",
        f"metric_cap_{place}",
        metric.cap,
        take,
        placeholder="All",
        help=told.CAP,
        width=140,
    )


def _margin(metrics: tuple[Metric, ...], place: int) -> None:
    metric = metrics[place]
    number(
        "Worse by at most (%)",
        f"metric_margin_{place}",
        metric.margin * 100,
        lambda margin: _set(metrics, place, replace(metric, margin=margin / 100)),
        (0, 99),
        step=1.0,
        help=told.MARGIN,
        width=160,
    )


def _remove(metrics: tuple[Metric, ...], place: int) -> None:
    st.button(
        "",
        key=f"exp_metric_remove_{place}",
        icon=":material/close:",
        help="Remove this metric",
        type="tertiary",
        on_click=_keep,
        args=((*metrics[:place], *metrics[place + 1 :]),),
    )


def _add(metrics: tuple[Metric, ...], role: Role, choices: Choices) -> None:
    _keep((*metrics, _usual(role, choices)))


def _usual(role: Role, choices: Choices) -> Metric:
    """What a metric of this role begins as: one of an event of the project, if it has any."""
    ready = choices.ready[USUAL[role]]
    margin = USUAL_MARGIN if role == "guardrail" else 0.0
    blank = replace(ready.metric, role=role, margin=margin)
    named = [doing for doing in choices.doings.values() if doing.event]
    return made(ready, named[0] if named and role == "primary" else ANYTHING, blank)


def _set(metrics: tuple[Metric, ...], place: int, metric: Metric) -> None:
    _keep((*metrics[:place], metric, *metrics[place + 1 :]))


def _keep(metrics: tuple[Metric, ...]) -> None:
    put(metrics=METRICS.dump_json(numbered(metrics)).decode())


def _about(measure: Measure, doing: Doing) -> Measure:
    return replace(measure, event=doing.event, subject=doing.subject)


def _doing(metric: Metric, choices: Choices) -> str:
    """What it is of, by the label of the choice; the first where that is not done any more."""
    doing = (metric.measure.event, metric.measure.subject)
    known = {(each.event, each.subject): label for label, each in choices.doings.items()}
    return known.get(doing, next(iter(choices.doings)))


def _kind(metric: Metric) -> tuple[Any, ...]:
    """What a metric is but for the event that it is of."""
    parts = (metric.measure, *((metric.over,) if metric.over else ()))
    return tuple((part.of, part.day, part.after, part.funnel, part.feedback) for part in parts)
