"""Alerts: rules are looked at as time goes by, and what fires is told once."""

from jobs.alerting.evaluating import evaluate
from jobs.alerting.telling import escalate, tell
from jobs.alerting.usual import add_usual, replay
from jobs.alerting.watching import Watcher

__all__ = ["Watcher", "add_usual", "escalate", "evaluate", "replay", "tell"]
