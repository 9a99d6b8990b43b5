"""Goals: what figures shall reach, and whether they are on their way."""

from analytics.business.goals.answer import Tracked, checked, tracked, wanted_goals, worst_first
from analytics.business.goals.figures import FIGURES, Figure
from analytics.business.goals.tracking import State, Tracking, track

__all__ = [
    "FIGURES",
    "Figure",
    "State",
    "Tracked",
    "Tracking",
    "checked",
    "track",
    "tracked",
    "wanted_goals",
    "worst_first",
]
