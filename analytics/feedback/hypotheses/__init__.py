"""What is believed of a change, and what became of it after it was shipped."""

from analytics.feedback.hypotheses.before_after import Change, change_of, harm, verdict
from analytics.feedback.hypotheses.by_experiment import Tried, tried
from analytics.feedback.hypotheses.outcome import MEASURABLE, Outcome, outcome, outcome_sql
from analytics.feedback.hypotheses.register import OPEN_STATES, register, register_sql

__all__ = [
    "MEASURABLE",
    "OPEN_STATES",
    "Change",
    "Outcome",
    "Tried",
    "change_of",
    "harm",
    "outcome",
    "outcome_sql",
    "register",
    "register_sql",
    "tried",
    "verdict",
]
