"""A funnel: a bar a step, with those who left before it and those who may still come."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from ui.charts.axes import AS_HEAD, INK, SOFT, Chart, axis, legend, stacked
from ui.remembering import remembered

REACHED, MATURING, LOST = "came here", "may still come", "lost"
PARTS = {REACHED: 1.0, MATURING: 0.42, LOST: 0.13}  # opacity: told apart without any colour
ROOM = 92  # pixels at the right, for the numbers


@remembered
def funnel(frame: pd.DataFrame, *, label: str) -> Chart:
    """A horizontal bar for each row of the frame, in its order, from the first step to the last.

    Columns: the one that `label` names (str), actors, lost and maturing (int64, who came no further
    than the row's step), conversion and step_conversion (float64).
    """
    rows = frame[["actors", "conversion", "step_conversion"]].assign(label=frame[label])
    rows["number"] = [_number(row) for row in rows.itertuples()]
    parts = {
        REACHED: frame["actors"],
        MATURING: frame["maturing"].shift(fill_value=0),
        LOST: frame["lost"].shift(fill_value=0),
    }
    stack = pd.concat(
        [rows.assign(part=part, people=people) for part, people in parts.items()],
        ignore_index=True,
    )
    stack["end"] = stack.groupby("label", sort=False)["people"].cumsum()
    stack["start"] = stack["end"] - stack["people"]
    return Chart(stack, _funnel(len(frame)))


def _number(row: object) -> str:
    """12,345 · 62%"""
    actors, share = f"{row.actors:,}", row.step_conversion  # type: ignore[attr-defined]
    return actors if share != share else f"{actors} \u00b7 {share:.0%}"


@lru_cache(maxsize=64)
def _funnel(count: int) -> str:
    head = axis("Step", labelLimit=150, labelPadding=6, domain=False, ticks=False, **AS_HEAD)
    foot = axis("People", grid=False, format=",d", tickCount=4)
    room: list[Any] = [0, alt.ExprRef(f"width - {ROOM}")]
    base = alt.Chart().encode(y=alt.Y("label:N", sort=None, axis=head))
    bar = base.mark_bar(height=alt.RelativeBandSize(0.66)).encode(
        x=alt.X("start:Q", axis=foot, scale=alt.Scale(range=room, domainMin=0, nice=False)),
        x2=alt.X2("end:Q"),
        opacity=alt.Opacity(
            "part:N",
            scale=alt.Scale(type="ordinal", domain=list(PARTS), range=list(PARTS.values())),
            legend=legend(list(PARTS)),
        ),
        tooltip=[
            alt.Tooltip("label:N", title="Step"),
            alt.Tooltip("part:N", title="Who"),
            alt.Tooltip("people:Q", title="People", format=","),
            alt.Tooltip("step_conversion:Q", title="Of the step before", format=".1%"),
            alt.Tooltip("conversion:Q", title="Of all who enter", format=".1%"),
        ],
    )
    number = (
        base.transform_filter(f"datum.part === '{LOST}'")
        .mark_text(align="left", dx=6, fontSize=12, color=INK, opacity=SOFT)
        .encode(x=alt.X("end:Q"), text=alt.Text("number:N"))
    )
    return stacked([bar, number], 44 * count + 60)
