"""Alerts and incidents in words: what fires, what a rule would have done, how incidents stand."""

import pandas as pd

from analytics.operations.alerts.preview import DAYS, Preview
from analytics.operations.alerts.wording import condition, time_of
from analytics.operations.signals.catalogue import SIGNALS
from analytics.operations.signals.signal import DAY
from db.alert_rules import Rule
from ui.words import counted, listing, plain

FIRING = (
    "When rules fired, those that still do first. Acknowledged: somebody looks after it, so it is "
    "not escalated. Snoozed: nothing is told of it for a while."
)
ABOUT = "The errors that it is about, the latest first; below, each leads to its page."
RULES = (
    "What is looked at, and how it stands: quiet, firing, or paused. What cannot judge saw too "
    "little in its last window, or has nothing yet to compare it with, and guards nothing: take a "
    "longer one, or a smaller At least. "
    "Every episode is told once, to the targets that take alerts."
)
INCIDENTS = "What went wrong, and how it went on. Incidents are marked on every chart over time."
REOPENING = "It counts as open again; the end that it had stays in its timeline."
PREVIEW = (
    "The same evaluation as that of the worker, over the last 30 days. The ground is where the "
    "alert would have fired, the dashed line is its limit."
)
QUIET = "Nothing has fired yet."
NO_RULES = "There are no alerts yet. The worker adds the usual ones within five minutes."
NO_INCIDENTS = (
    "There was no incident yet. Open one when something goes wrong: here, or from an alert."
)
TARGETS = (
    "Messages go to the targets of the project: `python -m db target PROJECT NAME --kind alert "
    "--kind escalation` adds one."
)
FEWER = "Windows of fewer say nothing; a share of few tries counts as what it surely reaches."
CURE = "Take a longer window, or a smaller At least."
LEARNING = "Learns what is usual until it knows three weeks"
UNTIL_LEARNT = "nothing is unusual until three weeks are known."
BLIND = "cannot judge"  # how a rule stands whose last window said nothing
ENOUGH_KNOWN = 0.5  # of the looks; with fewer it is no comfort that nothing fired
KINDS = {
    "threshold": "Value",
    "change": "Change on a week earlier",
    "anomaly": "Unusual for the time",
    "no_data": "Nothing came",
    "burn": "Error budget burns",
}
ACTS = {
    "fired": "Began to fire",
    "notified": "Was told",
    "acknowledged": "Acknowledged",
    "snoozed": "Snoozed",
    "escalated": "Was told once more",
    "resolved": "Resolved",
    "commented": "Comment",
}


def about(episodes: pd.DataFrame, named: pd.DataFrame) -> list[str]:
    """Of each episode the errors that it names: "Timeout in file", "Timeout in file and 3 more"."""
    titles = {number: list(each) for number, each in named.groupby("episode_id")["title"]}
    return [_first_of(titles.get(number, [])) for number in episodes["episode_id"].tolist()]


def firing(episodes: pd.DataFrame) -> str:
    """What fires now, as a title: "2 alerts are firing, 1 of them critical"."""
    now = episodes[episodes["state"] != "resolved"]
    awake = now[now["state"] == "firing"]
    if now.empty:
        return "No alert is firing"
    if awake.empty:
        return f"{counted(len(now), 'alert')} looked after, none else is firing"
    critical = int((awake["severity"] == "critical").sum())
    verb = "is" if len(awake) == 1 else "are"
    said = f"{counted(len(awake), 'alert')} {verb} firing"
    if critical and len(awake) > 1:
        return f"{said}, {critical} of them critical"
    return f"{said}, and critical" if critical else said


def watching(rules: pd.DataFrame) -> str:
    """How many rules look at how many metrics, and how many of them see too little to judge."""
    active = rules[rules["state"] != "paused"]
    metrics = active["metric"].nunique()
    verb = "looks" if len(active) == 1 else "look"
    said = f"{counted(len(active), 'rule')} {verb} at {counted(metrics, 'metric')}"
    blind = int((active["state"] == BLIND).sum())
    return f"{said}, {blind} cannot judge just now" if blind else said


def incidents_title(incidents: pd.DataFrame) -> str:
    """How many incidents go on, and which came last."""
    going_on = incidents[incidents["resolved_at"].isna()]
    if not going_on.empty:
        titles = listing([plain(title) for title in going_on["title"].head(3)])
        return f"{counted(len(going_on), 'incident')} open: {titles}"
    return "No incident is open"


def outcome(seen: Preview) -> str:
    """What a rule would have done: "Would have fired 3 times in 30 days"."""
    if not seen.known:
        return LEARNING if seen.learning else "Nothing is known yet of what this would look at"
    number, span = len(seen.episodes), time_of(seen.minutes)
    times = "once" if number == 1 else "twice" if number == 2 else f"{number} times"
    fired = f"Would have fired {times} in {span}"
    if _is_blind(seen):
        return f"{fired}, and could not judge most of them" if number else "Can hardly fire"
    return fired if number else f"Would not have fired in {span}"


def outcome_note(seen: Preview) -> str:
    """How far a preview can be believed."""
    said = [f"{seen.known:,} of {seen.looks:,} looks told something."]
    if seen.learning:
        said.append(f"{_most(seen.learning / seen.looks)} were before that: {UNTIL_LEARNT}")
    if _is_blind(seen):
        few = 1 - (seen.known + seen.learning) / seen.looks
        said.append(f"{_most(few)} of windows hold too little. {CURE}")
    if seen.by_hour:
        said.append("Minutes are not kept for so long: by the hour.")
    if seen.minutes < DAYS * DAY:
        said.append("How it was before is not kept.")
    return " ".join(said)


def told_of(rule: Rule, currency: str = "") -> str:
    """When a rule fires, how soon that is told, and when it is looked at."""
    metric = SIGNALS[rule.metric].metric
    said = f"Fires {condition(rule, metric, currency)}"
    soon = f"told at most {time_of(rule.promise_minutes)} after it begins"
    return f"{said}; {soon}."


def _is_blind(seen: Preview) -> bool:
    """Whether most windows hold too little; what is to be learnt, or is not kept, is no such."""
    is_kept = seen.minutes >= DAYS * DAY
    return is_kept and seen.known < ENOUGH_KNOWN * (seen.looks - seen.learning)


def _most(share: float) -> str:
    """A share near 1, without rounding it to all: "99.96%"."""
    return f"{share:.2%}" if share > 0.99 else f"{share:.0%}"


def _first_of(titles: list[str]) -> str:
    first, more = "".join(titles[:1]), len(titles) - 1
    return f"{first} and {more:,} more" if more > 0 else first
