"""Titles of journeys and sessions say what is found."""

import pandas as pd
import pytest

from analytics.product.funnels.definition import Funnel
from analytics.product.journeys.asking import Journey
from analytics.product.journeys.flow import Flow, Path
from analytics.product.journeys.funnels import funnel_of
from ui import words_journeys, words_sessions
from ui.journeys import path_to, starts

KINDS = pd.DataFrame(
    [(1, "view", "home"), (2, "view", "pricing"), (3, "buy", ""), (4, "search", "home")],
    columns=["id", "name", "subject"],
)


def flow(*nodes, way=1):
    """A flow whose nodes are written as step, node, role and share."""
    columns = ["step", "node", "role", "share"]
    frame = pd.DataFrame(nodes, columns=columns).assign(sessions=lambda f: f["share"] * 100)
    ways = tuple(Path((node,), 1, share) for _, node, _, share in nodes)
    return Flow(100, 400, frame, pd.DataFrame(), ways, ())


START = (0, "view: pricing", "event", 1.0)


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ((1, "(left)", "end", 0.5), "Half of visits end right after pricing"),
        ((1, "buy", "event", 0.33), "A third of visits go on to buy after pricing"),
        ((1, "buy", "event", 0.4), "40% of visits go on to buy after pricing"),
    ],
)
def test_the_title_says_where_most_go(beside, said):
    journey = Journey("view", "pricing")
    assert words_journeys.finding(flow(START, beside), journey) == said


def test_the_title_says_where_most_came_from():
    back = Journey("view", "pricing", "before")
    home = (-1, "view: home", "event", 0.66)
    assert (
        words_journeys.finding(flow(START, home), back)
        == "Two thirds of visits come from home to pricing"
    )


def test_the_rest_is_no_finding():
    rest = (1, "(other)", "other", 0.9)
    found = words_journeys.finding(flow(START, rest), Journey("view", "pricing"))
    assert found == "No visit takes this way"


def test_nodes_with_one_subject_keep_their_whole_names():
    nodes = pd.DataFrame({"node": ["view: home", "search: home", "buy", "(left)"]})
    assert words_journeys.called(nodes) == {
        "view: home": "view: home",
        "search: home": "search: home",
        "buy": "buy",
        "(left)": "Left",
    }


def test_the_reach_says_how_many_come_to_the_start():
    said = words_journeys.reach(flow(START), Journey("view", "pricing"))
    assert said == "100 of 400 visits (25%) come to view: pricing."


def test_a_click_on_a_node_finds_the_way_to_it():
    found = flow(START, (1, "buy", "event", 0.5))
    assert path_to(found, [{"step": 1, "node": "buy"}]).nodes == ("buy",)
    assert path_to(found, []) is None


def test_a_path_becomes_a_funnel_of_its_events():
    journey = Journey("view", "pricing")
    path = Path(("view: pricing", "(other)", "buy", "(left)"), 3, 0.1)
    funnel = funnel_of(path, journey, KINDS)
    steps = ["view!subject:eq:pricing~buy!subject:eq:"]
    assert funnel == Funnel.from_query({"steps": steps, "window": ["1d"]})
    assert funnel_of(Path(("view: pricing", "(left)"), 1, 0.1), journey, KINDS) is None


def test_a_start_of_any_subject_is_a_step_of_any_subject():
    path = Path(("view", "search: home"), 3, 0.1)
    steps = funnel_of(path, Journey("view"), KINDS).to_query()["steps"]
    assert steps == ["view~search!subject:eq:home"]
    by_name = funnel_of(Path(("view", "buy"), 3, 0.1), Journey(level="name"), KINDS)
    assert by_name.to_query()["steps"] == ["view~buy"]


def test_what_a_journey_can_start_at_depends_on_what_is_told_apart():
    assert list(starts(KINDS, "name")) == ["anything", "buy", "search", "view"]
    assert starts(KINDS, "subject")["view \u00b7 pricing"] == ("view", "pricing")


def test_sessions_are_titled_by_where_most_of_them_end():
    ends = pd.DataFrame(
        {
            "name": ["view", "view"],
            "subject": ["pricing", "home"],
            "entries": [1, 9],
            "entry_share": [0.1, 0.9],
            "exits": [5, 4],
            "exit_share": [0.5, 0.4],
            "bounce_rate": [1.0, 0.2],
        }
    )
    top = words_sessions.labelled(ends, "exits")
    assert words_sessions.end_finding(top, "exits") == "Half of visits end on pricing"
    said = words_sessions.bounce_finding(ends)
    assert said == "100% of visits that begin with pricing end there"


def test_lengths_are_titled_by_the_commonest():
    lengths = pd.DataFrame(
        {"length": ["One event", "1 to 5 min"], "sessions": [3, 1], "share": [0.75, 0.25]}
    )
    assert words_sessions.length_finding(lengths) == "Three quarters of visits have one event"
    lengths = lengths.assign(sessions=[1, 3], share=[0.25, 0.75])
    assert words_sessions.length_finding(lengths) == "Three quarters of visits last 1 to 5 min"
