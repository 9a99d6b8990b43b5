"""The fields of an alert, and the rule that they make."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analytics.business.revenue.currency import shown_currency
from analytics.operations.alerts.wording import time_of
from analytics.operations.health.objectives import slos_of
from analytics.operations.signals.catalogue import find_signal, signals_of
from analytics.operations.signals.signal import HOUR, Signal
from analytics.scope import Viewer
from analytics.wording import digits_of
from db.alert_rules import EVERY_DAY, Rule
from db.tables import PROBE_KINDS, SEVERITIES
from ui.frame import fetch
from ui.held import hold
from ui.words import unlinked
from ui.words_alerts import FEWER, KINDS

WINDOWS = (1, 2, 3, 5, 10, 15, 30, 60, 180, 360, 1_440, 4_320, 10_080, 44_640)
WAITS = (0, 1, 2, 3, 5, 9, 10, 15, 30, 60, 720, 1_440)
ESCALATIONS = (0, 15, 30, 60, 240, 1_440)
DAYS = dict(zip(EVERY_DAY, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
RISES, FALLS = "rises to", "falls to"
BURN = "burn_rate"
USUAL: Mapping[str, float] = {"change": 0.5, "anomaly": 5.0, "burn": 14.4}
ASKED = {
    "event": "Event",
    "from_event": "Of each",
    "service": "Service",
    "endpoint": "Endpoint",
    "topic": "Topic",
    "model": "Model",
}


def entered(viewer: Viewer, project: int, number: int, kept: Rule | None) -> Rule:
    """The rule as the fields have it."""
    known = {signal.key: signal for signal in signals_of(viewer)}
    usual = kept or Rule("", "error_rate", "threshold", value=0.05, window_minutes=5, minimum=50)
    hold(str(number), _stored(usual, currency_of(project, find_signal(usual.metric))))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name", key=f"name_{number}", max_chars=100, width=240)
        metric = st.selectbox("Metric", list(known), key=f"metric_{number}", width=240,
                              format_func=lambda key: known[key].metric.label)  # fmt: skip
        signal = known[metric]
        asked = _choose_asked(project, number, signal, usual)
    st.caption(signal.metric.definition)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        condition = _choose_condition(number, signal, currency_of(project, signal))
        times = _choose_times(number, signal, usual)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        concern = _choose_concern(number, usual)
    is_same = metric == usual.metric and times["window_minutes"] == usual.window_minutes
    every = usual.every_minutes if is_same else _pace(times["window_minutes"])
    return Rule(
        name or signal.metric.label, metric, asked=asked, every_minutes=every,
        **condition | times | concern,
    )  # fmt: skip


def _stored(rule: Rule, currency: str) -> dict[str, Any]:
    """What the fields show of a rule, by their names."""
    scale = scale_of(rule.kind, find_signal(rule.metric), currency)
    return {
        "name": rule.name,
        "metric": rule.metric,
        "kind": rule.kind,
        "way": RISES if rule.above else FALLS,
        "value": abs(rule.value) * scale if rule.kind != "threshold" else rule.value * scale,
        "recovery": None if rule.recovery is None else rule.recovery * scale,
        "window": rule.window_minutes,
        "delay": rule.delay_minutes,
        "clear": rule.clear_minutes,
        "minimum": rule.minimum,
        "severity": rule.severity,
        "escalate": rule.escalate_minutes or 0,
        "days": list(rule.days),
        "hours": (rule.from_hour, rule.to_hour),
    }


def _choose_asked(project: int, number: int, signal: Signal, usual: Rule) -> dict[str, Any]:
    """What the metric is narrowed to."""
    asked: dict[str, Any] = {}
    for name in signal.asks:
        before, key = str(usual.asked.get(name, "")), f"asked_{name}_{number}"
        chosen: Any
        if name == "slo":
            slos = {slo.id: unlinked(slo.name) for slo in fetch(slos_of, project)}
            chosen = st.selectbox("Objective", list(slos), format_func=slos.__getitem__, key=key)
        elif name == "probe_kind":
            kinds = ["", *PROBE_KINDS]
            chosen = st.selectbox("Kind", kinds, kinds.index(before), key=key, width=160,
                                  format_func=lambda kind: kind or "all")  # fmt: skip
        else:
            chosen = st.text_input(ASKED[name], before, key=key, max_chars=200, width=200,
                                   placeholder="all")  # fmt: skip
        if chosen:
            asked[name] = chosen
    return asked


def _choose_condition(number: int, signal: Signal, currency: str) -> dict[str, Any]:
    """By which kind it fires, and at which value."""
    kinds = [kind for kind in KINDS if (kind == "burn") <= (signal.key == BURN)]
    kind = st.selectbox("Fires by", kinds, key=f"kind_{number}", width=220,
                        format_func=KINDS.__getitem__)  # fmt: skip
    if kind == "no_data":
        return {"kind": kind, "above": False}
    ways = (RISES,) if kind == "burn" else (RISES, FALLS)
    above = st.selectbox("When it", ways, key=f"way_{number}", width=120) == RISES
    scale = scale_of(kind, signal, currency)
    unit = unit_of(kind, signal, currency)
    value = st.number_input(f"Value ({unit})", value=None, key=f"value_{number}", width=150,
                            placeholder=f"{USUAL.get(kind, 1.0) * scale:g}")  # fmt: skip
    given = USUAL.get(kind, 1.0) if value is None else value / scale
    sign = -1 if kind in ("change", "anomaly") and not above else 1
    found: dict[str, Any] = {"kind": kind, "above": above, "value": sign * given}
    if kind == "threshold":
        recovery = st.number_input(
            f"Well again at ({unit})", value=None, key=f"recovery_{number}", width=150,
            placeholder="the same", help="Between the two nothing changes.",
        )  # fmt: skip
        found["recovery"] = None if recovery is None else recovery / scale
    return found


def _choose_times(number: int, signal: Signal, usual: Rule) -> dict[str, int]:
    """In which window, for how long, and on how much it has to rest."""
    known = _with(WINDOWS, usual.window_minutes)
    windows = [each for each in known if each >= signal.finest_minutes]
    waits = _with(WAITS, usual.delay_minutes, usual.clear_minutes)
    if st.session_state.get(f"window_{number}") not in windows:
        st.session_state[f"window_{number}"] = windows[0]
    return {
        "window_minutes": st.selectbox("In", windows, format_func=time_of, width=130,
                                       key=f"window_{number}"),
        "delay_minutes": st.selectbox("For", waits, format_func=_wait, width=130,
                                      key=f"delay_{number}"),
        "clear_minutes": st.selectbox("Over after", waits, format_func=_wait, width=130,
                                      key=f"clear_{number}"),
        "minimum": int(st.number_input("At least", 0, 1_000_000_000, key=f"minimum_{number}",
                                       width=130, help=FEWER)),
    }  # fmt: skip


def _choose_concern(number: int, usual: Rule) -> dict[str, Any]:
    """How grave it is, when it may begin, and whether it is told once more."""
    severity = st.selectbox("Severity", SEVERITIES, format_func=str.capitalize,
                            key=f"severity_{number}", width=130)  # fmt: skip
    escalations = _with(ESCALATIONS, usual.escalate_minutes or 0)
    escalate = st.selectbox("Tell again after", escalations, key=f"escalate_{number}", width=160,
                            format_func=lambda wait: _wait(wait) if wait else "never",
                            help="Where nobody has acknowledged it.")  # fmt: skip
    days = st.multiselect("On", EVERY_DAY, format_func=DAYS.__getitem__, key=f"days_{number}")
    hours: Any = st.slider("Between (hours)", 0, 24, key=f"hours_{number}", width=220)
    return {
        "severity": severity,
        "escalate_minutes": escalate or None,
        "days": tuple(days),
        "from_hour": hours[0],
        "to_hour": hours[1],
    }


def currency_of(project: int, signal: Signal) -> str:
    """What a metric that is money is shown in; "" of others, and where nobody paid."""
    return fetch(shown_currency, project) if signal.metric.unit == "cents" else ""


def scale_of(kind: str, signal: Signal, currency: str) -> float:
    """By how much a value is multiplied to be entered: in percent, or in units of the currency."""
    if unit_of(kind, signal) == "%":
        return 100.0
    is_money = kind == "threshold" and signal.metric.unit == "cents"
    return 10.0 ** -digits_of(currency) if is_money else 1.0


def unit_of(kind: str, signal: Signal, currency: str = "") -> str:
    """In what a value is entered and drawn: %, times, a currency, or the unit of the metric."""
    if kind == "change":
        return "%"
    if kind in ("anomaly", "burn"):
        return "times"
    said = {"share": "%", "cents": currency or "money"}
    return said.get(signal.metric.unit, signal.metric.unit)


def _wait(minutes: int) -> str:
    return time_of(minutes) if minutes else "at once"


def _with(choices: tuple[int, ...], *kept: int) -> list[int]:
    """The choices with what is kept, so that saving changes only what was chosen anew."""
    return sorted({*choices, *kept})


def _pace(window: int) -> int:
    """How often a window is looked at: short ones every minute, days every hour."""
    return 1 if window <= HOUR else min(HOUR, window // 12)
