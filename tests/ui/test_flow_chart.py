"""A flow is laid out so that bands are as high as what passes, and meet their nodes."""

import pandas as pd
import pytest

from ui import charts
from ui.charts.flow import POINTS, _flow

NODES = pd.DataFrame(
    [
        (0, "home", "home", "event", 4, 1.0),
        (1, "buy", "buy", "event", 2, 0.5),
        (1, "(other)", "Other", "other", 1, 0.25),
        (1, "(left)", "Left", "end", 1, 0.25),
    ],
    columns=["step", "node", "label", "role", "sessions", "share"],
)
EDGES = pd.DataFrame(
    [(0, "home", "buy", 2, 0.5), (0, "home", "(other)", 1, 0.25), (0, "home", "(left)", 1, 0.25)],
    columns=["step", "source", "target", "sessions", "share"],
)


def drawn(nodes=NODES, edges=EDGES, end="Left"):
    return charts.flow(nodes, edges, start="Start", end=end, counted="Visits")


def bands(rows):
    """Every band's first and last points, by where it leads."""
    ribbons = rows[rows["part"] == "ribbon"]
    return {label: band.iloc[[0, -1]] for label, band in ribbons.groupby("label")}


def test_a_node_is_as_high_as_its_share_and_leaves_room_for_its_name():
    nodes = drawn().rows.query("part == 'node'").set_index("label")
    assert (nodes["y2"] - nodes["y"]).to_dict() == pytest.approx(
        NODES.set_index("label")["share"].to_dict()
    )
    assert nodes.loc["Other", "y"] > nodes.loc["buy", "y2"]


def test_a_band_is_as_high_as_what_passes_and_meets_both_nodes():
    rows = drawn().rows
    nodes, found = rows.query("part == 'node'").set_index("label"), bands(rows)
    for label, share in (("buy", 0.5), ("Other", 0.25), ("Left", 0.25)):
        first, last = found[f"home \u2192 {label}"].to_dict("records")
        assert first["y2"] - first["y"] == pytest.approx(share)
        assert last["y2"] - last["y"] == pytest.approx(share)
        assert (last["x"], last["y"]) == pytest.approx((1, nodes.loc[label, "y"]))


def test_the_bands_of_a_node_lie_beside_each_other():
    tops = {label: band["y"].iloc[0] for label, band in bands(drawn().rows).items()}
    assert tops == pytest.approx(
        {"home \u2192 buy": 0, "home \u2192 Other": 0.5, "home \u2192 Left": 0.75}
    )


def test_a_band_is_of_the_kind_of_its_far_end():
    ribbons = drawn().rows.query("part == 'ribbon'")
    assert ribbons.groupby("label")["kind"].first().tolist() == ["Left", "Other", "Event"]
    back = NODES.assign(step=-NODES["step"]), EDGES.assign(step=-1, source=EDGES["target"])
    ribbons = drawn(back[0], back[1].assign(target="home"), "Came in").rows.query("part=='ribbon'")
    assert set(ribbons["kind"]) == {"Event", "Other", "Came in"}
    assert len(ribbons) == len(EDGES) * len(POINTS)


def test_small_shares_are_not_called_nothing():
    nodes = NODES.assign(share=[1.0, 0.004, 0.25, 0.25])
    assert drawn(nodes).rows.query("label == 'buy'")["word"].iloc[0] == "<1% buy"


def test_a_flow_of_nothing_still_makes_a_chart():
    assert drawn(NODES.iloc[:0], EDGES.iloc[:0]).rows.empty


def test_the_specification_is_built_once_for_all_that_differs_in_rows_only():
    _flow.cache_clear()
    drawn().to_dict()
    drawn(NODES.assign(sessions=NODES["sessions"] * 2), EDGES).to_dict()
    assert _flow.cache_info().misses == 1
