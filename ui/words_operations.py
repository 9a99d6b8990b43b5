"""Operations in words: whether to worry, and what is not as it was."""

from collections.abc import Mapping

import pandas as pd

from analytics.operations.health.system import SystemHealth
from analytics.operations.overview import Overview
from ui.tiles import Figure
from ui.words import amount, change, counted, exact_share, listing, plain

VERDICT = "The last 24 hours of this project; of Looplens itself where nothing of it is measured."
CHANGES = "The last 24 hours against the 24 hours before."
ALERTS = "Alerts that are not resolved, the latest first. Acknowledge them on the page of alerts."
NO_ALERT = "No alert fires. Rules are on the page of alerts, some usual ones from the beginning."
LATENCY = "95 of 100 requests took no longer than this."
FAILED = "How many events report that what was tried did not work, by day."
NO_REQUEST = (
    "No requests yet. The middleware of the Python client counts those of your servers: "
    "docs/monitoring.md tells how."
)
LEVEL = 0.005  # of a figure, up to which it is as it was
MOVED = 0.1  # of a figure, from which on it is worth telling
SEVERITY = {"critical": "Critical", "warning": "Warning", "info": "Info"}
STATES = {"firing": "Firing", "acknowledged": "Acknowledged", "snoozed": "Snoozed"}


def facts(view: Overview) -> list[str]:
    """What is behind it, a sentence each, fit for Markdown."""
    alerts = view.alerts
    told = [f"Open incident: {plain(title)}" for title in alerts.incident_titles[:3]]
    told += [f"Alert: {plain(name)}" for name in alerts.names[:3]]
    told += [
        f"The error budget of {plain(name)} burns too fast" for name in view.health.burning[:3]
    ]
    if view.health.missed:
        told.append(f"Missed: {listing([plain(name) for name in view.health.missed])}")
    if view.health.paused:
        told.append(f"Nobody looks at {listing([plain(name) for name in view.health.paused])}")
    if view.health.silent:
        told.append(f"Nothing heard of {listing([plain(name) for name in view.health.silent])}")
    if view.health.disk_is_full:
        told.append(f"A disk is {exact_share(view.health.disk)} full")
    if len(alerts.names) > 3:
        told.append(f"{counted(len(alerts.names) - 3, 'more alert')} below")
    return told or [_measured_of(view)]


def _looked(health: SystemHealth) -> str:
    """What uptime rests on."""
    if health.is_unwatched:
        return "as last known"
    return f"{counted(health.probes, 'check')} in 24 h" if health.probes else "nothing looked at"


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
        "Uptime, 24 h": Figure(
            exact_share(health.uptime),
            "Good probes of all probes of 24 hours; as last known where all are paused.",
            _looked(health),
        ),
        "p95, 24 h": Figure(amount(now.p95, "ms"), LATENCY, _against(now.p95, before.p95)),
        "Failed, 24 h": Figure(
            exact_share(now.error_rate),
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
        _moved("Failed requests", now.error_rate, before.error_rate, "share"),
        _moved("Requests", now.n, before.n, "requests"),
        _moved("Failing events", errors.rate, errors.before, "share"),
    ]
    if errors.new:
        told.append(f"{counted(errors.new, 'error')} never seen before")
    if errors.regressed:
        told.append(f"{counted(errors.regressed, 'error')} came back after it was resolved")
    return [line for line in told if line] or ["Nothing moved by a tenth or more"]


def latency_finding(latency: pd.DataFrame, grain: str) -> str:
    """p95 over the range: "p95 is at most 412 ms a day, 338 ms in the middle"."""
    known = latency.loc[latency["which"] == "current", "value"].dropna()
    if known.empty:
        return "Response times"
    most, middle = amount(known.max(), "ms"), amount(known.median(), "ms")
    return f"p95 by the {grain}: {middle} in the middle, {most} at most"


def failing_finding(failed: pd.DataFrame) -> str:
    """How many events failed on the days of the range: "1,234 failed events, at most 96 a day"."""
    known = failed.loc[failed["which"] == "current", "value"].dropna()
    if known.empty or not known.sum():
        return "Failed events"
    total = counted(int(known.sum()), "failed event")
    return f"{total} in the range, at most {int(known.max()):,} a day"


def open_finding(open_now: pd.DataFrame) -> str:
    """How many alerts are not resolved."""
    return f"{counted(len(open_now), 'alert')} not resolved" if len(open_now) else "No alert fires"


def _against(now: float | None, before: float | None) -> str:
    if not now or not before:
        return ""
    moved = now / before - 1
    return "as the day before" if abs(moved) < LEVEL else f"{change(moved)} in a day"


def _moved(label: str, now: float | None, before: float | None, unit: str) -> str:
    if not now or not before or abs(now / before - 1) < MOVED:
        return ""
    moved = change(now / before - 1)
    values = (now, before)
    said, was = (exact_share(value) if unit == "share" else amount(value, unit) for value in values)
    return f"{label} {moved}: {said} after {was}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
