"""Watching beside the worker: what takes long to read or to draw keeps no other duty waiting."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from jobs.alerting.evaluating import evaluate
from jobs.alerting.telling import escalate, tell
from jobs.beside import Beside

LONGEST_SECONDS = 120.0  # then a pass that hangs is left alone


class Watcher(Beside):
    """Looks at the rules in passes of a thread of its own, one at a time."""

    def __init__(self) -> None:
        super().__init__(_watch_now, LONGEST_SECONDS)


def watch(engine: Engine, now: datetime) -> None:
    """One pass: look at the rules, tell of what fires, and once more of what is neglected."""
    evaluate(engine, now)
    tell(engine, now)
    escalate(engine, now)


def _watch_now(engine: Engine) -> None:
    watch(engine, datetime.now(UTC))
