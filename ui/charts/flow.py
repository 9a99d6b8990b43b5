"""A flow: what passes from step to step, as ribbons between nodes (a Sankey diagram).

Each step is a column of nodes, as high as their shares; a ribbon between two is as high as what
passes from one to the other. The picture is laid out here, in steps and shares, so that Vega only
draws it.
"""

from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from ui.charts.axes import INK, Chart, axis, places, stacked
from ui.remembering import remembered

POINTS = np.linspace(0, 1, 15)  # of a ribbon, from one node to the next
BEND = POINTS * POINTS * (3 - 2 * POINTS)
THICK = 0.05  # of the room that a step has to the right: its nodes
NODE, GAP = 46, 17  # pixels: of an average node, and between two, so that names have room
LEAST = 260  # pixels: the height of a flow of few nodes
PICK = "pick"  # what is selected by a click on a node: its step and its key
GROUND = alt.ExprRef("background")
EVENT, OTHER = "Event", "Other"


@remembered
def flow(nodes: pd.DataFrame, edges: pd.DataFrame, *, start: str, end: str, counted: str) -> Chart:
    """Nodes at their steps and ribbons between them; a click on a node selects it as PICK.

    `nodes`: step (int64, 0 is the start), node (its key), label (what it is called), role ("event",
    "other" or "end"), sessions (int64), share (float64, of those at the start), in order from
    above; `edges`: step (int64, of the earlier node), source, target (keys), sessions (int64) and
    share (float64). `start` says what the start is, `end` what an end is, `counted` what passes.
    """
    first, last = (int(nodes["step"].min()), int(nodes["step"].max())) if len(nodes) else (0, 1)
    most = int(nodes.groupby("step").size().max()) if len(nodes) else 1
    height = max(LEAST, NODE * most)
    placed = _placed(nodes, end, GAP / (height - GAP * (most - 1)))
    rows = pd.concat([_ribbons(placed, edges), placed.assign(part="node")], ignore_index=True)
    return Chart(rows, _flow(first, last, height, start, end, counted))


def _placed(nodes: pd.DataFrame, end: str, gap: float) -> pd.DataFrame:
    """The nodes with their places, from x to x2 and from y down to y2, and the word of each."""
    by_step = nodes.groupby("step")
    foot = by_step["share"].cumsum() + gap * by_step.cumcount()
    return nodes.assign(
        kind=nodes["role"].map({"event": EVENT, "other": OTHER, "end": end}),
        word=nodes["share"].map(_percent).astype("str") + " " + nodes["label"],
        x=nodes["step"].astype(float),
        x2=nodes["step"] + THICK,
        y=foot - nodes["share"],
        y2=foot,
    )


def _percent(share: float) -> str:
    return "<1%" if share < 0.005 else f"{share:.0%}"


def _ribbons(placed: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Every edge as a band of points, from the right side of a node to the left of another."""
    joined = _joined(placed, edges)
    point = joined.loc[joined.index.repeat(len(POINTS))].reset_index(drop=True)
    along, bend = (np.tile(curve, len(joined)) for curve in (POINTS, BEND))
    y = point["from"] + (point["to"] - point["from"]) * bend
    return pd.DataFrame(
        {
            "part": "ribbon",
            "edge": np.repeat(np.arange(len(joined)), len(POINTS)),
            "x": point["step"] + THICK + (1 - THICK) * along,
            "y": y,
            "y2": y + point["height"],
            "kind": point["kind"],
            "label": point["label_source"] + " \u2192 " + point["label_target"],
            "sessions": point["sessions"],
            "share": point["share"],
        }
    )


def _joined(placed: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """The edges with their two nodes, how high they are, and where they leave and arrive.

    At each node they lie in the order of the nodes at their other ends, so that few cross.
    """
    ends = placed[["step", "node", "label", "kind", "y"]]
    joined = edges.merge(ends.rename(columns={"node": "source"}), on=["step", "source"])
    after = ends.assign(step=ends["step"] - 1).rename(columns={"node": "target"})
    joined = joined.merge(after, on=["step", "target"], suffixes=("_source", "_target"))
    total = placed.loc[placed["step"] == 0, "sessions"].sum()
    onward = placed["step"].max() > 0
    joined = joined.assign(
        height=joined["sessions"] / total,
        kind=joined["kind_target"] if onward else joined["kind_source"],
    ).sort_values(["step", "y_source", "y_target"], ignore_index=True)
    leaving = joined.groupby(["step", "source"])["height"].cumsum() - joined["height"]
    arriving = joined.sort_values(["step", "y_target", "y_source"])
    before = arriving.groupby(["step", "target"])["height"].cumsum() - arriving["height"]
    places = {"from": joined["y_source"] + leaving, "to": joined["y_target"] + before}
    return joined.assign(**places)


@lru_cache(maxsize=128)
def _flow(first: int, last: int, height: int, start: str, end: str, counted: str) -> str:
    steps = last - first + 1
    order = [EVENT, end] if last > 0 else [EVENT, "", end]  # who leaves looks unlike who comes
    domain = places([EVENT, end, OTHER], order)
    colour = alt.Color("kind:N", scale=alt.Scale(domain=domain), legend=None)
    near = alt.selection_point(
        fields=["edge"], on="pointerover", clear="pointerout", empty=False, name="near"
    )
    base = alt.Chart().encode(
        x=_steps(first, last, start),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(reverse=True, zero=True, nice=False)),
        color=colour,
    )
    ribbons = (
        base.transform_filter("datum.part === 'ribbon'")
        .mark_area(line=False, interpolate="linear")
        .encode(
            y2=alt.Y2("y2:Q"),
            detail=alt.Detail("edge:N"),
            opacity=alt.condition(near, alt.value(0.6), alt.value(0.3)),
            tooltip=_tooltip(counted, "Of those at the step"),
            description=alt.Description("label:N"),
        )
        .add_params(near)
    )
    return stacked([ribbons, *_nodes(base, steps, counted)], height)


def _nodes(base: alt.Chart, steps: int, counted: str) -> list[alt.Chart]:
    """The nodes, which can be clicked on, and their words beside them."""
    nodes = base.transform_filter("datum.part === 'node'")
    picked = alt.selection_point(fields=["step", "node"], on="click", name=PICK, toggle=False)
    block = nodes.mark_rect(cornerRadius=2, cursor="pointer").encode(
        x2=alt.X2("x2:Q"),
        y2=alt.Y2("y2:Q"),
        tooltip=_tooltip(counted, "Of all"),
        description=alt.Description("word:N"),
        stroke=alt.condition(
            {"param": PICK, "empty": False}, alt.value(INK), alt.value("transparent")
        ),
        strokeWidth=alt.value(2),
    )
    beside: dict[str, Any] = {
        "align": "left",
        "aria": False,
        "baseline": "middle",
        "dx": 5,
        "limit": alt.ExprRef(f"width * {(1 - THICK) / steps} - 8"),
        "fontSize": alt.ExprRef("width < 500 ? 10 : 12"),
    }
    words = nodes.transform_calculate(middle="(datum.y + datum.y2) / 2").encode(
        x=alt.X("x2:Q"), y=alt.Y("middle:Q"), text=alt.Text("word:N"), color=alt.value(INK)
    )
    halo = words.mark_text(stroke=GROUND, strokeWidth=3, opacity=0.6, **beside)
    return [block.add_params(picked), halo, words.mark_text(**beside)]


def _steps(first: int, last: int, start: str) -> alt.X:
    """Steps to the right; the last has as much room beside it as the others."""
    named = f"datum.value === 0 ? '{start}' : (datum.value > 0 ? '+' : '\u2212') + abs(datum.value)"
    above = axis(
        "",
        orient="top",
        values=list(range(first, last + 1)),
        labelExpr=named,
        labelAlign="left",
        grid=False,
        ticks=False,
        domain=False,
    )
    return alt.X("x:Q", axis=above, scale=alt.Scale(domain=[first, last + 1], nice=False))


def _tooltip(counted: str, share: str) -> list[Any]:
    return [
        alt.Tooltip("label:N", title=" "),
        alt.Tooltip("sessions:Q", title=counted, format=","),
        alt.Tooltip("share:Q", title=share, format=".1%"),
    ]
