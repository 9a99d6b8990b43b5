"""Episodes as they come of looking: from when to when, and how bad it got."""

from dataclasses import dataclass, replace
from datetime import datetime

from analytics.operations.alerts.following import Followed, Look


@dataclass(frozen=True, slots=True)
class Span:
    """An episode, or the part of one that was looked at.

    `started_at` is None where it had begun before, `resolved_at` where it still goes on. `value` is
    the level that it began at, `worst` the farthest that it came to.
    """

    started_at: datetime | None
    value: float | None
    worst: float | None
    resolved_at: datetime | None = None


def spans(followed: Followed, was_firing: bool, above: bool) -> list[Span]:
    """The episodes in order; the first is the one that went on before, where one did."""
    turns = {turn.at: turn for turn in followed.turns}
    found, current = [], Span(None, None, None) if was_firing else None
    for look in followed.looks:
        turn = turns.get(look.at)
        if turn and turn.act == "fired":
            current = Span(look.at, look.level, look.level)
        elif turn and current:
            found.append(replace(current, resolved_at=look.at))
            current = None
        elif current:
            current = _worse(current, look, above)
    return [*found, current] if current else found


def _worse(span: Span, look: Look, above: bool) -> Span:
    """The span, with what was seen where that is farther."""
    if look.level != look.level:
        return span
    farthest = max if above else min
    worst = look.level if span.worst is None else farthest(span.worst, look.level)
    return replace(span, worst=worst)
