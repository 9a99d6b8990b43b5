"""The flow of sessions through the steps of a journey: its nodes, edges and commonest paths."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.packs import kinds_of
from analytics.product.journeys.asking import Journey
from analytics.product.journeys.trails import Trails, trails_of
from analytics.product.sessions.cutting import load_visits
from analytics.scope import Viewer

NODES = {
    "step": "int64",
    "node": "str",
    "role": "str",
    "sessions": "int64",
    "share": "float64",
}
EDGES = {
    "step": "int64",
    "source": "str",
    "target": "str",
    "sessions": "int64",
    "share": "float64",
}
PATHS = 10  # whole paths that are told


@dataclass(frozen=True, slots=True)
class Path:
    """The nodes that sessions pass, in order of time; `share` is theirs of the flow."""

    nodes: tuple[str, ...]
    sessions: int
    share: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The sessions that come to a journey's start, and where they go from there, or came from.

    Steps count from the start, which is 0; below it where the journey goes back. What enters a node
    before the last step leaves it again, except at an end.

    `sessions` are those in the flow, `of` all in the range. `nodes`: step (int64), node (str, as
    `node_of` calls it), role (str: "event", "other" or "end"), sessions (int64), share (float64, of
    those in the flow). `edges`: step (int64, of the earlier node), source, target (str), sessions
    (int64), share (float64, of those at the node nearer to the start). `ways` holds the commonest
    path between the start and each node, in the order of `nodes`; `paths` the commonest whole ones
    on which every node is told apart.
    """

    sessions: int
    of: int
    nodes: pd.DataFrame
    edges: pd.DataFrame
    ways: tuple[Path, ...]
    paths: tuple[Path, ...]


def journeys(conn: Connection, viewer: Viewer, filters: Filters, journey: Journey) -> Flow:
    """How sessions go on from the journey's start, or how they came there. Raises TooWide."""
    sessions = load_visits(conn, viewer, filters)
    kinds = kinds_of(conn, viewer, filters.project_id)
    return flow_of(trails_of(sessions, kinds, journey), len(sessions))


def flow_of(trails: Trails, of: int) -> Flow:
    """The flow of these trails, out of so many sessions."""
    ways = [_ways(trails, step) for step in range(trails.journey.steps)]
    nodes = [_nodes(trails, step, at) for step, at in enumerate(ways)]
    edges = [_edges(trails, step, at) for step, at in enumerate(ways) if step]
    return Flow(
        sessions=int(trails.n.sum()),
        of=of,
        nodes=pd.concat(nodes, ignore_index=True).astype(NODES),
        edges=pd.concat(edges, ignore_index=True).astype(EDGES),
        ways=tuple(path for step, at in enumerate(ways) for path in _commonest(trails, step, at)),
        paths=_whole(trails),
    )


def _ways(trails: Trails, step: int) -> pd.DataFrame:
    """The ways that lead to a step: way, n, place there, and before at the step before."""
    ways = trails.ways(step)
    ways = ways.assign(place=trails.place(ways["way"]), before=trails.place(ways["way"], back=1))
    return ways[ways["place"] != trails.past]


def _nodes(trails: Trails, step: int, ways: pd.DataFrame) -> pd.DataFrame:
    """The nodes of a step: those told apart, the rest, and the end."""
    count = ways.groupby("place")["n"].sum()
    return pd.DataFrame(
        {
            "step": trails.journey.way * step,
            "node": [trails.names(step)[place] for place in count.index],
            "role": [trails.role(place) for place in count.index],
            "sessions": count.to_numpy(),
            "share": count.to_numpy() / max(int(trails.n.sum()), 1),
        }
    )


def _edges(trails: Trails, step: int, ways: pd.DataFrame) -> pd.DataFrame:
    """The edges between a step and the one before, which is nearer to the start."""
    pairs = ways.groupby(["before", "place"], as_index=False)["n"].sum()
    near = [trails.names(step - 1)[place] for place in pairs["before"]]
    far = [trails.names(step)[place] for place in pairs["place"]]
    onward = trails.journey.way > 0
    return pd.DataFrame(
        {
            "step": step - 1 if onward else -step,
            "source": near if onward else far,
            "target": far if onward else near,
            "sessions": pairs["n"],
            "share": pairs["n"] / pairs.groupby("before")["n"].transform("sum"),
        }
    )


def _commonest(trails: Trails, step: int, ways: pd.DataFrame) -> list[Path]:
    """The commonest way to each node of a step."""
    best = ways.loc[ways.groupby("place")["n"].idxmax()]
    return _paths(trails, step, best)


def _whole(trails: Trails) -> tuple[Path, ...]:
    """The commonest trails from one end to the other that don't pass through the rest."""
    last = trails.journey.steps - 1
    ways = trails.ways(last)
    passed = [trails.place(ways["way"], back) for back in range(last + 1)]
    named = ways[~pd.concat(passed, axis=1).eq(trails.journey.top).any(axis=1)]
    ranked = named.sort_values("n", ascending=False, kind="stable")
    return tuple(_paths(trails, last, ranked.head(PATHS)))


def _paths(trails: Trails, step: int, ways: pd.DataFrame) -> list[Path]:
    total = int(trails.n.sum())
    onward = trails.journey.way
    return [
        Path(tuple(trails.nodes(way, step)[::onward]), int(n), n / total)
        for way, n in zip(ways["way"].tolist(), ways["n"].tolist(), strict=True)
    ]
