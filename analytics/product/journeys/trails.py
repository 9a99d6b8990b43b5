"""Sessions as trails: the nodes that each passes from the journey's start on, counted by trail.

A trail is one integer, whose digits are the places of its nodes among those told apart at each
step. Hundreds of thousands of sessions so become some thousand trails with their numbers.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.product.journeys.asking import OTHER, Journey, node_of
from analytics.product.sessions.cutting import Sessions

NOTHING = -1  # the code of a step that a session does not reach

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trails:
    """The different trails (int64), in order, and how many sessions take each (int64).

    `told` names the nodes of each step that are told apart, the most used first: their places.
    After `top` places comes that of all others, then that of the end, then that of what is past it.
    """

    code: Codes
    n: Codes
    told: list[list[str]]
    journey: Journey

    @property
    def base(self) -> int:
        """How many places a step has."""
        return self.journey.top + 3

    @property
    def past(self) -> int:
        """The place of what is past the end."""
        return self.journey.top + 2

    def ways(self, step: int) -> pd.DataFrame:
        """The ways to a step, in order: way (int64, a trail's first digits), n (int64)."""
        way = self.code // self.base ** (self.journey.steps - 1 - step)
        rows = pd.DataFrame({"way": way, "n": self.n})
        return rows.groupby("way")["n"].sum().reset_index()

    def place(self, way: "pd.Series[int]", back: int = 0) -> "pd.Series[int]":
        """The place at the last step of each way, or so many steps before."""
        place: pd.Series[int] = way // self.base**back % self.base
        return place

    def names(self, step: int) -> list[str]:
        """What each place of a step is called; past the end, nothing."""
        told, top = self.told[step], self.journey.top
        return [*told, *[""] * (top - len(told)), OTHER, self.journey.end, ""]

    def role(self, place: int) -> str:
        """What a place stands for: an "event", all "other" ones, or the "end"."""
        return {self.journey.top: "other", self.journey.top + 1: "end"}.get(place, "event")

    def nodes(self, way: int, step: int) -> list[str]:
        """The nodes of one way to a step, its end included."""
        digits = [way // self.base ** (step - at) % self.base for at in range(step + 1)]
        named = [self.names(at)[digit] for at, digit in enumerate(digits)]
        return [name for name in named if name]


def trails_of(sessions: Sessions, kinds: pd.DataFrame, journey: Journey) -> Trails:
    """The trails of all sessions that come to the journey's start.

    `kinds` has the columns id, name and subject (`analytics.measures.packs.kinds_of`).
    """
    labels, code_of_kind = _labels(kinds, journey)
    node, first, end = _collapsed(sessions, code_of_kind)
    start = _starts(node, first, end, labels, journey)
    columns = _columns(node, first, end, start, journey)
    most = [_most_used(column, len(labels), journey.top) for column in columns]
    code = np.zeros(len(columns[0]), np.int64)
    for step, column in enumerate(columns):
        before = columns[step - 1] if step else column
        code = code * (journey.top + 3) + _places(column, before, most[step], len(labels), journey)
    distinct, n = np.unique(code, return_counts=True)
    told = [[labels[number] for number in codes] for codes in most]
    return Trails(distinct, n.astype(np.int64), told, journey)


def _labels(kinds: pd.DataFrame, journey: Journey) -> tuple[list[str], Codes]:
    """The nodes in order of their names, and the code of each kind's, by the kind's id."""
    pairs = zip(kinds["name"], kinds["subject"], strict=True)
    named = [_node(name, subject, journey) for name, subject in pairs]
    labels = sorted(set(named))
    place = {label: number for number, label in enumerate(labels)}
    code_of_kind = np.zeros(int(kinds["id"].max()) + 1 if len(kinds) else 1, np.int64)
    code_of_kind[kinds["id"].to_numpy(np.int64)] = [place[label] for label in named]
    return labels, code_of_kind


def _node(name: str, subject: str, journey: Journey) -> str:
    """The node of a kind; all events that a journey can start at are one."""
    if name == journey.name and journey.subject in (None, subject):
        return journey.start
    return name if journey.level == "name" else node_of(name, subject)


def _collapsed(sessions: Sessions, code_of_kind: Codes) -> tuple[Codes, Codes, Codes]:
    """The nodes without repeats in a row, and where each session begins and ends among them."""
    node = code_of_kind[sessions.kind]
    kept = np.append(np.ones(min(len(node), 1), np.bool_), node[1:] != node[:-1])
    kept[sessions.first] = True
    first = (np.cumsum(kept) - 1)[sessions.first]
    return node[kept], first, np.append(first[1:], np.count_nonzero(kept))[: len(first)]


def _starts(node: Codes, first: Codes, end: Codes, labels: list[str], journey: Journey) -> Codes:
    """Where each session first comes to the journey's start; -1 where it does not."""
    if not journey.name:
        return first if journey.way > 0 else end - 1
    start = np.full(len(first), -1, np.int64)
    if journey.start in labels:
        hits = np.flatnonzero(node == labels.index(journey.start))
        session, earliest = np.unique(
            np.searchsorted(first, hits, side="right") - 1, return_index=True
        )
        start[session] = hits[earliest]
    return start


def _columns(node: Codes, first: Codes, end: Codes, start: Codes, journey: Journey) -> list[Codes]:
    """The node at each step of the sessions that come to the start; NOTHING where they are over."""
    reached = start >= 0
    first, end, start = first[reached], end[reached], start[reached]
    steps = [start + journey.way * step for step in range(journey.steps)]
    return [
        np.where((at >= first) & (at < end), node.take(at, mode="clip"), NOTHING)
        if len(node)
        else np.empty(0, np.int64)
        for at in steps
    ]


def _most_used(column: Codes, nodes: int, top: int) -> Codes:
    """The nodes of a step that are told apart; of equal ones the first by name."""
    count = np.bincount(column[column != NOTHING], minlength=nodes)
    ranked = np.argsort(-count, kind="stable")[:top]
    return ranked[count[ranked] > 0]


def _places(column: Codes, before: Codes, most: Codes, nodes: int, journey: Journey) -> Codes:
    """Each session's place at a step."""
    other, end, past = journey.top, journey.top + 1, journey.top + 2
    place_of = np.full(nodes + 1, other)
    place_of[most] = np.arange(len(most))
    place_of[NOTHING] = past
    place = place_of[column]
    place[(column == NOTHING) & (before != NOTHING)] = end
    return place
