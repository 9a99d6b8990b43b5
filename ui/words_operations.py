"""Operations in words: whether to worry, and what is not as it was."""

from collections.abc import Mapping

import pandas as pd

from analytics.operations.overview import Overview
from ui.tiles import Figure
from ui.words import amount, change, counted, listing, plain
from ui.words_health import share

VERDICT = "The last 24 hours of this project; of Looplens itself where nothing of it is measured."
CHANGES = "The last 24 hours against the 24 hours before."
ALERTS = "Alerts that are not resolved, the latest first. Acknowledge them on the page of alerts."
NO_ALERT = "No alert fires. Rules are on the page of alerts, some usual ones from the beginning."
LATENCY = "95 of 100 requests took no longer than this."
FAILED = "Events that report that what was tried did not work, by day."
NO_REQUEST = (
    "No requests yet. The middleware of the Python client counts those of your servers: "
    "docs/monitoring.md tells how."
)
LEVEL = 0.005  # of a figure, up to which it is as it was
MOVED = 0.1  # of a figure, from which on it is worth telling
SEVERITY = {"critical": "Critical", "warning": "Warning", "info": "Info"}
STATES = {"firing": "Firing", "acknowledged": "Acknowledged", "snoozed": "Snoozed"}


def verdict(view: Overview) -> str:
    """Whether to worry, in one line; with names as they are."""
    worry = view.health.worry
    if worry == "unknown" and not view.burning:
        return "Nothing is measured yet"
    if worry == "none" and not view.burning:
        return "No need to worry: all answers, and no alert fires"
    return f"{'Act now' if worry == 'act' else 'Watch'}: {listing(_reasons(view))}"


def _reasons(view: Overview) -> list[str]:
    health = view.health
    told = [
        (len(health.down), f"{listing(health.down or ('',))} {_are(len(health.down))} down"),
        (health.open_incidents, f"{counted(health.open_incidents, 'incident')} open"),
        (health.firing, f"{counted(health.firing, 'alert')} firing"),
        (len(view.burning), f"{counted(len(view.burning), 'error budget')} burning"),
        (len(health.silent), f"nothing heard of {listing(health.silent or ('',))}"),
    ]
    low = f"uptime at {share(health.uptime)}"
    return [text for number, text in told if number] or [low]


def facts(view: Overview) -> list[str]:
    """What is behind it, a sentence each, fit for Markdown."""
    alerts = view.alerts
    told = [f"Open incident: {plain(title)}" for title in alerts.incident_titles[:3]]
    told += [f"Alert: {plain(name)}" for name in alerts.names[:3]]
    told += [f"The error budget of {plain(name)} burns too fast" for name in view.burning[:3]]
    if len(alerts.names) > 3:
        told.append(f"{counted(len(alerts.names) - 3, 'more alert')} below")
    return told or [_measured_of(view)]


def _measured_of(view: Overview) -> str:
    health = view.health
    whose = {"project": "this project", "Looplens": "Looplens itself"}
    if not health.probed and not health.served:
        return "Add a probe on the page of health, or count requests with the Python client"
    probed = whose.get(health.probed, "nothing")
    served = whose.get(health.served, "nothing")
    return f"Uptime is of {probed}, requests are of {served}"


def tiles(view: Overview) -> Mapping[str, Figure]:
    """The figures of 24 hours, with what stands below each."""
    health, errors, now, before = view.health, view.errors, view.requests, view.before
    return {
        "Uptime": Figure(
            share(health.uptime),
            "Good probes of all probes of 24 hours.",
            counted(health.probes, "probe") if health.probes else "nothing looked at",
        ),
        "p95": Figure(amount(now.p95, "ms"), LATENCY, _against(now.p95, before.p95)),
        "Error rate": Figure(
            share(now.error_rate),
            "Answers of 500 and above, of all requests of 24 hours.",
            _against(now.error_rate, before.error_rate),
        ),
        "Open errors": Figure(
            f"{errors.open:,}",
            "Causes of failures that nobody has resolved or ignored.",
            f"{errors.new} new, {errors.regressed} back",
        ),
        "Alerts": Figure(
            f"{health.firing:,}",
            "Alerts that fire now and are not snoozed.",
            f"{health.critical} critical",
        ),
        "Incidents": Figure(f"{health.open_incidents:,}", "Incidents that are open.", "open"),
    }


def changes(view: Overview) -> list[str]:
    """What is not as it was the day before, fit for Markdown."""
    now, before, errors = view.requests, view.before, view.errors
    told = [
        _moved("p95", now.p95, before.p95, "ms"),
        _moved("The error rate of requests", now.error_rate, before.error_rate, "share"),
        _moved("Requests", now.n, before.n, "requests"),
        _moved("Failing events", errors.rate, errors.before, "share"),
    ]
    if errors.new:
        told.append(f"{counted(errors.new, 'error')} never seen before")
    if errors.regressed:
        told.append(f"{counted(errors.regressed, 'error')} came back after it was resolved")
    return [line for line in told if line] or ["Nothing moved by a tenth or more"]


def latency_finding(view: Overview) -> str:
    """p95 with what became of it."""
    if view.requests.p95 is None:
        return "Response times"
    moved = _against(view.requests.p95, view.before.p95)
    return f"p95 is {amount(view.requests.p95, 'ms')}" + (f", {moved}" if moved else "")


def failing_finding(view: Overview) -> str:
    """The rate of failing events."""
    if view.errors.rate is None:
        return "Failing events"
    return f"{share(view.errors.rate)} of events failed in 24 hours"


def open_finding(open_now: pd.DataFrame) -> str:
    """How many alerts are not resolved."""
    return f"{counted(len(open_now), 'alert')} not resolved" if len(open_now) else "No alert fires"


def _against(now: float | None, before: float | None) -> str:
    if not now or not before:
        return ""
    moved = now / before - 1
    return "as the day before" if abs(moved) < LEVEL else f"{change(moved)} on the day before"


def _moved(label: str, now: float | None, before: float | None, unit: str) -> str:
    if not now or not before or abs(now / before - 1) < MOVED:
        return ""
    moved = change(now / before - 1)
    return f"{label} {moved}: {amount(now, unit)} after {amount(before, unit)}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
