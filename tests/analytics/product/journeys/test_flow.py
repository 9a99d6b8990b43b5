"""The flow of a journey is what the reference counts, and what goes in comes out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.filters import BadFilters
from analytics.product.journeys.asking import Journey
from analytics.product.journeys.flow import Flow, flow_of
from analytics.product.journeys.trails import trails_of
from analytics.product.sessions.cutting import sessions_of
from tests.analytics.product.journeys import reference
from tests.analytics.product.sessions.logs import SESSIONLESS, log_of, logs
from tests.analytics.product.sessions.reference import Event, sessions
from tests.thorough import cases, thorough

KINDS = {1: ("view", "home"), 2: ("view", "pricing"), 3: ("buy", ""), 4: ("search", "home")}
FRAME = pd.DataFrame(
    [(number, *kind) for number, kind in KINDS.items()], columns=["id", "name", "subject"]
)
STARTS = [("", None), ("view", None), ("buy", ""), ("view", "pricing"), ("gone", None)]
asked = st.builds(
    lambda start, direction, steps, top: Journey(*start, direction, "subject", steps, top),
    st.sampled_from(STARTS),
    st.sampled_from(("after", "before")),
    st.integers(2, 8),
    st.integers(1, 4),
) | st.builds(
    lambda start, direction, steps: Journey(start, None, direction, "name", steps),
    st.sampled_from(("", "view", "buy")),
    st.sampled_from(("after", "before")),
    st.integers(2, 5),
)


def flow(events: list[Event], journey: Journey) -> Flow:
    found = sessions_of(log_of(events), np.array(sorted(SESSIONLESS), np.int64))
    return flow_of(trails_of(found, FRAME, journey), len(found))


def visits(*sessions: str) -> list[Event]:
    """Sessions as their kinds' numbers, one digit an event."""
    return [
        Event(1, at, int(kind), 1, number + 1)
        for number, session in enumerate(sessions)
        for at, kind in enumerate(session)
    ]


def counted(frame: pd.DataFrame, *keys: str) -> dict[tuple[object, ...], int]:
    return dict(
        zip(zip(*(frame[key] for key in keys), strict=True), frame["sessions"], strict=True)
    )


@thorough
@settings(max_examples=cases(200))
@given(logs(), asked)
def test_the_flow_is_what_the_reference_counts(events, journey):
    found = flow(events, journey)
    own = [[KINDS[event.kind] for event in session] for session in sessions(events, SESSIONLESS)]
    nodes, edges = reference.flow(own, journey)
    assert counted(found.nodes, "step", "node") == nodes
    assert counted(found.edges, "step", "source", "target") == edges
    assert found.of == len(own)
    assert found.sessions == sum(n for (step, _), n in nodes.items() if step == 0)


@thorough
@settings(max_examples=cases(100))
@given(logs(), asked)
def test_what_enters_a_node_leaves_it_again(events, journey):
    found = flow(events, journey)
    last = journey.way * (journey.steps - 1)
    sides = ("target", "source") if journey.way > 0 else ("source", "target")
    came, went = (found.edges.groupby(["step", side])["sessions"].sum().to_dict() for side in sides)
    for node in found.nodes.itertuples():
        inward = came.get((node.step - (journey.way > 0), node.node), 0)
        outward = went.get((node.step - (journey.way < 0), node.node), 0)
        assert node.step == 0 or inward == node.sessions
        assert outward == (0 if node.role == "end" or node.step == last else node.sessions)


@thorough
@settings(max_examples=cases(100))
@given(logs(), asked)
def test_the_way_to_a_node_is_the_commonest_of_all(events, journey):
    found = flow(events, journey)
    own = [[KINDS[event.kind] for event in session] for session in sessions(events, SESSIONLESS)]
    trails = reference.told_apart(
        [t for t in (reference.trail(session, journey) for session in own) if t], journey
    )
    for node, way in zip(found.nodes.itertuples(), found.ways, strict=True):
        upto = [tuple(t[: abs(node.step) + 1]) for t in trails if len(t) > abs(node.step)]
        taken = [each for each in upto if each[-1] == node.node]
        assert way.sessions == max(taken.count(each) for each in taken)
        assert way.sessions == taken.count(way.nodes[:: journey.way])


def test_repeats_in_a_row_are_one_step():
    found = flow(visits("1123"), Journey(steps=4))
    assert found.paths[0].nodes == ("view: home", "view: pricing", "buy", "(left)")


def test_a_journey_starts_at_the_first_time_that_something_was_done():
    after = flow(visits("31213"), Journey("view", "home", steps=3))
    before = flow(visits("31213"), Journey("view", "home", "before", steps=3))
    assert after.ways[-1].nodes == ("view: home", "view: pricing", "view: home")
    assert before.ways[-1].nodes == ("(began)", "buy", "view: home")


def test_a_start_without_a_subject_is_any_of_that_name():
    found = flow(visits("3214"), Journey("view", steps=3))
    assert found.ways[-1].nodes == ("view", "search: home", "(left)")


def test_sessions_without_the_start_are_not_in_the_flow():
    found = flow(visits("13", "2", "2"), Journey("buy", steps=2))
    assert (found.sessions, found.of) == (1, 3)


def test_what_is_not_told_apart_is_other_and_nothing_is_lost():
    found = flow(visits("12", "12", "13", "14"), Journey(steps=2, top=1))
    assert counted(found.nodes, "step", "node") == {
        (0, "view: home"): 4,
        (1, "view: pricing"): 2,
        (1, "(other)"): 2,
    }
    assert found.nodes["share"].tolist() == [1.0, 0.5, 0.5]


def test_an_empty_log_has_a_flow_with_all_columns():
    found = flow([], Journey())
    assert (len(found.nodes), len(found.edges), found.sessions) == (0, 0, 0)
    assert found.nodes.dtypes.to_dict() == flow(visits("12"), Journey()).nodes.dtypes.to_dict()


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 1},
        {"steps": 9},
        {"top": 0},
        {"direction": "sideways"},
        {"level": "letter"},
        {"subject": "home"},
        {"name": "view", "subject": "home", "level": "name"},
    ],
)
def test_a_journey_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(BadFilters):
        Journey(**wrong)
