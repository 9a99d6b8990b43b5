"""Episodes as they come of looking: from when to when, and how bad it got."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analytics.operations.alerts.following import Followed, Looks, Turn


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
    turns: list[Turn | None] = [*followed.turns]
    if was_firing:
        turns.insert(0, None)
    pairs = zip(turns[::2], [*turns[1::2], None] if len(turns) % 2 else turns[1::2], strict=True)
    return [_span(followed.looks, began, ended, above) for began, ended in pairs]


def _span(looks: Looks, began: Turn | None, ended: Turn | None, above: bool) -> Span:
    first = began.look if began else 0
    last = ended.look if ended else len(looks)
    inside = looks.level[first:last]
    known = inside[~np.isnan(inside)]
    worst = float(known.max() if above else known.min()) if len(known) else None
    resolved = ended.at if ended else None
    if began is None:
        return Span(None, None, worst, resolved)
    return Span(began.at, began.level, worst, resolved)
