"""A path as a funnel: its events as steps, which people must take in this order."""

from datetime import timedelta

import pandas as pd

from analytics.product.funnels.definition import Condition, Funnel, Step
from analytics.product.journeys.asking import OTHER, Journey, node_of
from analytics.product.journeys.flow import Path

FEWEST = 2  # steps that make a funnel
WINDOW = timedelta(days=1)  # as long as a session can be that no client told


def funnel_of(path: Path, journey: Journey, kinds: pd.DataFrame) -> Funnel | None:
    """The funnel of a path's events; None where there are fewer than two.

    What the path calls other is no step: a funnel lets anything happen between its steps. `kinds`
    has the columns name and subject.
    """
    steps = {node: _step(name, subject) for node, name, subject in _kinds(kinds, journey)}
    if journey.name:
        steps[journey.start] = _step(journey.name, journey.subject)
    taken = tuple(steps[node] for node in path.nodes if node not in (OTHER, journey.end))
    return Funnel(taken, window=WINDOW) if len(taken) >= FEWEST else None


def _kinds(kinds: pd.DataFrame, journey: Journey) -> list[tuple[str, str, str | None]]:
    """What each node stands for: a name, and a subject where subjects are told apart."""
    if journey.level == "name":
        return [(name, name, None) for name in kinds["name"].unique()]
    pairs = zip(kinds["name"], kinds["subject"], strict=True)
    return [(node_of(name, subject), name, subject) for name, subject in pairs]


def _step(name: str, subject: str | None) -> Step:
    """Events of a name, with this subject only unless that is None."""
    return Step(name, () if subject is None else (Condition("", "eq", subject),))
