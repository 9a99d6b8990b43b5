"""What is planted in the feedback of the demo, where and how large."""

import numpy as np

from db.demo.actors import FADE, FADES, PLANS, START
from db.demo.feedback import surveys
from db.demo.feedback.topics import LEAVING_AGE, slow_version, topic
from db.demo.shape import WEEKEND_ACTORS, Shape

Truth = tuple[str, str, dict[str, object], float, str]  # name, what, where, size and unit
AFTER = 28  # days in which it is watched who is back
WORDS = {  # that every comment on the topic holds
    "slow_export": ["slow", "export"],
    "permissions": ["confusing", "permission"],
    "lost_changes": ["lost", "changes"],
    "saved_views": ["saved", "views"],
}


def feedback_truths(of: Shape) -> list[Truth]:
    """One entry a truth."""
    return [_slow_export(of), _permissions(), *_lost_changes(), _praise(), *_levels()]


def _slow_export(of: Shape) -> Truth:
    version = of.versions[slow_version(of)]
    released = of.date_of(int(of.release_days[slow_version(of)]))
    where = _where("slow_export") | {"since_version": version, "from": str(released)}
    what = "Since a version this share of the comments complains that exports are slow"
    return "pain_slow_export", what, where, topic("slow_export").share, "share"


def _permissions() -> Truth:
    what = "This share of the comments complains that permissions are confusing"
    return "pain_permissions", what, _where("permissions"), topic("permissions").share, "share"


def _lost_changes() -> list[Truth]:
    """The pain of those who leave: how often it is told, and how rarely they are back."""
    of, where = topic("lost_changes"), _where("lost_changes")
    what = "This share of the comments complains that changes were lost"
    then = "Who complains of it is active on this many of the days after, and then leaves"
    return [
        ("pain_lost_changes", what, where, of.share, "share"),
        ("pain_before_churn", then, where | {"days": AFTER}, days_back(), "days"),
    ]


def _praise() -> Truth:
    what = "This share of the comments praises a feature"
    return "praise_saved_views", what, _where("saved_views"), topic("saved_views").share, "share"


def _levels() -> list[Truth]:
    """The NPS depends on the plan."""
    what = "The NPS of the people on a plan"
    survey = surveys.SURVEYS[0].name
    return [
        (f"nps_{plan}", what, {"survey": survey, "plan": plan}, surveys.nps_of(plan), "points")
        for plan in PLANS
    ]


def days_back() -> float:
    """On how many of AFTER days who fades is expected to be active after complaining.

    People complain in proportion to their activity, from LEAVING_AGE on.
    """
    ages = np.arange(LEAVING_AGE, LEAVING_AGE + 200)
    active = START[FADES] * np.exp(-ages / FADE[FADES])
    later = np.exp(-np.arange(1, AFTER + 1) / FADE[FADES]).sum()
    week = (5 + 2 * WEEKEND_ACTORS) / 7
    return float((active * active).sum() / active.sum() * later * week)


def _where(name: str) -> dict[str, object]:
    """How the comments on a topic are found."""
    of = topic(name)
    where: dict[str, object] = {"kind": of.kind, "words": WORDS[name]}
    return where | {"subject": of.subject} if of.subject else where
