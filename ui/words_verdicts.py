"""What may be concluded from an experiment, in one sentence, and what to do about it.

Variants and metrics carry names of users: what is said here is plain text, not Markdown.
"""

from collections.abc import Mapping
from datetime import datetime

from analytics.experiments.definition import Metric
from analytics.experiments.statistics import Estimate, Verdict
from db.experiments.kept import Experiment
from ui import words

ICONS = {
    "draft": ("edit_note", "gray"),
    "killed": ("power_settings_new", "red"),
    "empty": ("hourglass_empty", "gray"),
    "few": ("hourglass_top", "gray"),
    "undefined": ("help", "gray"),
    "running": ("hourglass_top", "blue"),
    "split": ("error", "red"),
    "guardrail": ("front_hand", "red"),
    "better": ("check_circle", "green"),
    "worse": ("cancel", "red"),
    "level": ("drag_handle", "gray"),
}
SHORT = {
    "draft": "Draft",
    "killed": "Switched off",
    "empty": "Nobody exposed yet",
    "few": "Too little is known",
    "undefined": "Can't be read",
    "running": "Keep running",
    "split": "Split is wrong",
    "guardrail": "Guardrail broken",
    "better": "Safe to ship",
    "worse": "Don't ship",
    "level": "No difference shown",
}
UNSETTLED = "Better, not settled"  # of a winner with a guardrail that may suffer
GAPS = {
    "flat": "everybody has the same value, so that nothing can be told apart",
    "nothing": "what it is divided by did not happen yet",
}
DECIDED = {
    "shipped": "shipped",
    "rolled_back": "rolled back",
    "inconclusive": "closed without a conclusion",
}


def kind_of(experiment: Experiment, verdict: Verdict | None) -> str:
    """Which sentence is said: that of the verdict, unless it never started or is switched off."""
    if experiment.killed:
        return "killed"
    return verdict.kind if verdict and experiment.state != "draft" else "draft"


def short(experiment: Experiment, verdict: Verdict | None) -> str:
    """The verdict in two or three words."""
    kind = kind_of(experiment, verdict)
    return UNSETTLED if kind == "better" and verdict and verdict.unsettled else SHORT[kind]


def sentence(experiment: Experiment, verdict: Verdict | None) -> str:
    """The verdict: "“B” raises Completion by 2.1% (0.4 to 3.9); safe to ship."."""
    kind = kind_of(experiment, verdict)
    if kind == "draft" or verdict is None:
        return "This is a draft: nobody gets it yet."
    if kind == "killed":
        return f"Switched off: everybody gets {quoted(experiment.control)}."
    return {
        "empty": _nobody,
        "few": _few,
        "undefined": _undefined,
        "running": _running,
        "split": _split,
        "guardrail": _guardrail,
        "better": _better,
        "worse": _worse,
        "level": _level,
    }[kind](verdict)


def told(experiment: Experiment, verdict: Verdict | None) -> str:
    """What a list says of it: the decision once there is one, and until then the verdict."""
    return decision(experiment) if experiment.decision else sentence(experiment, verdict)


def advice(experiment: Experiment, verdict: Verdict | None) -> str:
    """What to do now, in a sentence or two."""
    kind = kind_of(experiment, verdict)
    if experiment.decision:
        return decision(experiment)
    if experiment.state == "stopped" and kind not in ("killed", "split"):
        return ENDED
    if kind == "better" and verdict is not None:
        return _ship(verdict)
    return ADVICE[kind].format(key=experiment.key, control=quoted(experiment.control))


def decision(experiment: Experiment) -> str:
    """What was decided, by whom and when: "Decided on 3 Mar 2026: “B” shipped."."""
    what = DECIDED[experiment.decision]
    if experiment.decision == "shipped":
        what = f"{quoted(experiment.decided_variant)} {what}"
    by = f" by {experiment.decided_by}" if experiment.decided_by else ""
    note = f" {experiment.decision_note}" if experiment.decision_note else ""
    return f"Decided{_on(experiment.decided_at)}{by}: {what}.{note}"


ENDED = "It has ended: decide below, so that it stands on record what became of it."
ADVICE: Mapping[str, str] = {
    "draft": "Complete it and start it under New experiment.",
    "killed": "Find out what went wrong. Switch it on again, or decide.",
    "empty": "Ask for “{key}” where the variant is shown: exposures appear within two minutes.",
    "few": "Keep running: nothing is concluded from so few.",
    "undefined": "Check that the event of the primary metric arrives.",
    "running": "Nothing to do. The interval below holds at any time, so looking early is fine.",
    "split": (
        "Numbers are hidden on purpose. Look for a variant that redirects, fails to load or meets "
        "more bots, mend that and start anew."
    ),
    "guardrail": "Stop it, so that everybody gets {control} again, and look into what broke.",
    "worse": "Stop it and decide “rolled back”: everybody gets {control}.",
    "level": "Decide “inconclusive” and keep what is simpler, or try something bolder.",
}


def effect(estimate: Estimate) -> str:
    """An estimate with its interval: "+2.1% (0.4 to 3.9)"; in its unit where no lift is."""
    found = estimate.effect
    if found is None:
        return words.NOTHING
    if found.lift is None or found.lift_low is None or found.lift_high is None:
        return f"{found.difference:+,.3g} ({found.low:,.3g} to {found.high:,.3g})"
    return f"{found.lift * 100:+.1f}% ({found.lift_low * 100:.1f} to {found.lift_high * 100:.1f})"


def quoted(name: str) -> str:
    """The name of a variant in quotes."""
    return f"\u201c{name}\u201d"


def percent(share: float) -> str:
    """A share without decimals, never rounded up to the whole: "61%"."""
    return f"{int(share * 100 + 1e-9)}%"


def _on(moment: datetime | None) -> str:
    return f" on {moment.day} {moment:%b %Y}" if moment else ""


def _nobody(_: Verdict) -> str:
    return "Nobody was exposed yet."


def _few(verdict: Verdict) -> str:
    ratio = verdict.estimate is not None and verdict.estimate.metric.over is not None
    dividing = ", 30 of them with something that is divided by" if ratio else ""
    return (
        f"Too little is known yet: each variant needs 100 people{dividing}, and 5 of each outcome."
    )


def _undefined(verdict: Verdict) -> str:
    if verdict.estimate is None:
        return "This can't be read yet."
    why = GAPS.get(verdict.estimate.gap, "it has no value yet")
    return f"{verdict.estimate.metric.label} can't be compared: {why}."


def _running(verdict: Verdict) -> str:
    if verdict.progress is None:
        return "Keep running: no difference is shown yet."
    if verdict.progress >= 1:
        return "The needed sample is there; no difference is shown so far."
    return f"Keep running: {percent(verdict.progress)} of the needed sample."


def _split(_: Verdict) -> str:
    return "Don't read this: the split is wrong."


def _guardrail(verdict: Verdict) -> str:
    first = verdict.broken[0]
    others = len(verdict.broken) - 1
    more = f" and {others} more" if others else ""
    return f"Stop: {quoted(first.variant)} breaks {first.metric.label}{more}, {effect(first)}."


def _better(verdict: Verdict) -> str:
    return f"{_moves(verdict)}; {_open(verdict) or 'safe to ship'}."


def _worse(verdict: Verdict) -> str:
    return f"{_moves(verdict)}; don't ship it."


def _level(verdict: Verdict) -> str:
    if verdict.estimate is None:
        return "No difference is shown."
    label = verdict.estimate.metric.label
    return f"No difference is shown in {label}: {effect(verdict.estimate)}."


def _ship(verdict: Verdict) -> str:
    early = " The sample is not complete; the interval allows for looking early." * verdict.early
    if verdict.unsettled:
        return f"Keep running, or decide knowing that a guardrail may suffer.{early}"
    return f"Ship {quoted(verdict.variant)} to everybody: decide below.{early}"


def _open(verdict: Verdict) -> str:
    """Which guardrails of the winner nobody knows yet: "Refunds is not settled yet"."""
    labels = [each.metric.label for each in verdict.unsettled]
    if len(labels) < 2:
        return "".join(f"{label} is not settled yet" for label in labels)
    return f"{', '.join(labels[:-1])} and {labels[-1]} are not settled yet"


def _moves(verdict: Verdict) -> str:
    """Who moves what by how much: the numbers without a sign, since the verb has it."""
    estimate = verdict.estimate
    if estimate is None or estimate.effect is None:
        return f"{quoted(verdict.variant)} makes a difference"
    found, metric = estimate.effect, estimate.metric
    verb = "raises" if found.difference > 0 else "lowers"
    said = f"{quoted(estimate.variant)} {verb} {metric.label} by"
    if found.lift is None or found.lift_low is None or found.lift_high is None:
        low, high = sorted((abs(found.low), abs(found.high)))
        return f"{said} {_number(found.difference, metric)} ({low:,.3g} to {high:,.3g})"
    low, high = sorted((abs(found.lift_low), abs(found.lift_high)))
    return f"{said} {abs(found.lift) * 100:.1f}% ({low * 100:.1f} to {high * 100:.1f})"


def _number(value: float, metric: Metric) -> str:
    return words.amount(abs(value), metric.unit)
