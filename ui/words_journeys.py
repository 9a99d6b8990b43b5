"""Journeys in words: what nodes are called, and what a flow shows."""

import pandas as pd

from analytics.product.journeys.asking import BEGAN, LEFT, OTHER, Journey
from analytics.product.journeys.flow import Flow, Path

ENDS = {LEFT: "Left", BEGAN: "Came in"}
WORDS = {OTHER: "Other", **ENDS}
FIRST_STEP, LAST_STEP, START = "First", "Last", "Start"
SUBJECT = ": "  # what parts a node's name from its subject
ARROW = " \u2192 "
SHARES = (
    (0.9995, "All visits"),
    (0.96, "Nearly all visits"),
    (0.72, "Three quarters of visits"),
    (0.64, "Two thirds of visits"),
    (0.48, "Half of visits"),
    (0.32, "A third of visits"),
    (0.24, "A quarter of visits"),
)
NEAR = 0.04  # how far above a share still is what it is called
DEFINITION = (
    "Visits, by what was done in them step by step. The same thing done again at once is one step. "
    "The height of a band is how many visits pass along it; nothing is lost between steps: "
    "who does not go on is shown as leaving."
)
NO_SESSIONS = (
    "No visit was recorded in this range with these filters. Visits are told by the session id "
    "that clients send; without one, by the pauses of people who have an id. Servers and command "
    "lines have none."
)


def called(nodes: pd.DataFrame) -> dict[str, str]:
    """What each node of a flow is called: its subject, where only one of them has it."""
    keys = list(dict.fromkeys(nodes["node"]))
    short = {key: WORDS.get(key) or key.partition(SUBJECT)[2] or key for key in keys}
    twice = pd.Series(list(short.values())).duplicated(keep=False)
    return {key: key if many else short[key] for key, many in zip(keys, twice, strict=True)}


def labelled(nodes: pd.DataFrame) -> pd.DataFrame:
    """The nodes with `label` (str), what each is called."""
    return nodes.assign(label=nodes["node"].map(called(nodes)).astype("str"))


def finding(flow: Flow, journey: Journey) -> str:
    """What the flow shows: where most go from its start, or came from."""
    beside = flow.nodes[flow.nodes["step"] == journey.way]
    told = beside[beside["role"] != "other"]
    if told.empty:
        return "No visit takes this way"
    most = told.sort_values("sessions", ascending=False, kind="stable").iloc[0]
    many, name = visits(most["share"]), called(flow.nodes)[most["node"]]
    start = _start(flow, journey)
    if most["role"] == "end":
        return f"{many} {'end right after' if journey.way > 0 else 'begin with'} {start}"
    if journey.way > 0:
        return f"{many} go on to {name} after {start}"
    return f"{many} come from {name} to {start}"


def start_of(journey: Journey) -> str:
    """What the step is called that a journey starts at."""
    if journey.name:
        return START
    return FIRST_STEP if journey.way > 0 else LAST_STEP


def steps(flow: Flow) -> pd.DataFrame:
    """The edges with what their nodes are called. Columns: step, source, target (str), ..."""
    names = called(flow.nodes)
    edges = flow.edges.sort_values(["step", "sessions"], ascending=[True, False])
    return edges.assign(source=edges["source"].map(names), target=edges["target"].map(names))


def reach(flow: Flow, journey: Journey) -> str:
    """How many visits are in the flow, of all."""
    if not journey.name:
        return f"{flow.of:,} visits."
    share = flow.sessions / flow.of if flow.of else 0.0
    return f"{flow.sessions:,} of {flow.of:,} visits ({share:.0%}) come to {journey.start}."


def path_of(path: Path, names: dict[str, str]) -> str:
    """A path as one line: home -> sign_up."""
    return ARROW.join(names[node] for node in path.nodes)


def paths(flow: Flow) -> pd.DataFrame:
    """The commonest whole paths. Columns: path (str), sessions (int64), share (float64)."""
    names = called(flow.nodes)
    rows = [(path_of(path, names), path.sessions, path.share) for path in flow.paths]
    frame = pd.DataFrame(rows, columns=["path", "sessions", "share"])
    return frame.astype({"path": "str", "sessions": "int64", "share": "float64"})


def commonest(flow: Flow) -> str:
    """The title of the paths: the first of them."""
    if not flow.paths:
        return "Commonest paths"
    first = flow.paths[0]
    return f"The commonest path, of {first.share:.0%}: {path_of(first, called(flow.nodes))}"


def visits(share: float) -> str:
    """A share of visits as it is said: Half of visits, Nearly all visits, 14% of visits."""
    words = [word for least, word in SHARES if least <= share <= least + NEAR]
    return words[0] if words else f"{share:.0%} of visits"


def _start(flow: Flow, journey: Journey) -> str:
    if journey.name:
        return called(flow.nodes)[journey.start]
    return "their first step" if journey.way > 0 else "their last step"
