"""What an alert looks at, the limit that it knows, and when it would have fired."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from ui.charts.axes import HEIGHT, INK, SOFT, Chart, axis, stacked
from ui.remembering import remembered

SHOWN = "%a %-d %b, %H:%M"


@dataclass(frozen=True, slots=True)
class Look:
    """All that a specification depends on: its words and numbers."""

    title: str
    number: str
    zone: str


@remembered
def watched(
    seen: pd.DataFrame, fired: pd.DataFrame, *, limit: float, title: str, number: str, zone: str
) -> Chart:
    """A line over time, a dashed line at the limit, and a ground where an alert fired.

    `seen` has at (datetime64, wall time) and level (float), `fired` has at and until (datetime64).
    `number` is a format of d3.
    """
    line = seen.assign(kind="seen", when=seen["at"].dt.strftime(SHOWN))
    across = pd.DataFrame([{"kind": "limit", "level": limit}])
    spans = fired.assign(kind="fired", when=fired["at"].dt.strftime(SHOWN))
    rows = pd.concat([line, across, spans], ignore_index=True)
    for name in ("at", "until"):
        rows[name] = rows[name].astype("datetime64[us]").dt.tz_localize("UTC")
    columns = ["kind", "at", "until", "level", "when"]
    return Chart(rows[columns], _watched(Look(title, number, zone)))


@lru_cache(maxsize=64)
def _watched(look: Look) -> str:
    foot = axis(f"Time ({look.zone})", format="%-d %b", grid=False, labelOverlap=True, tickCount=8)
    side = axis(look.title, format=look.number, tickCount=5, domain=False)
    x, scale = alt.X("at:T", scale=alt.Scale(type="utc"), axis=foot), alt.Scale(nice=True)
    ground = _only("fired").mark_rect(opacity=0.22, color=INK, stroke=INK, strokeWidth=1)
    ground = ground.encode(
        x=x, x2=alt.X2("until:T"), tooltip=[alt.Tooltip("when:N", title="Fired")]
    )
    line = _only("seen").mark_line(strokeWidth=2)
    line = line.encode(x=x, y=alt.Y("level:Q", axis=side, scale=scale))
    points = _only("seen").mark_circle(size=60, opacity=0.001)
    points = points.encode(
        x=x,
        y=alt.Y("level:Q"),
        tooltip=[
            alt.Tooltip("when:N", title="At"),
            alt.Tooltip("level:Q", title=look.title, format=look.number),
        ],
    )
    limit = _only("limit").mark_rule(color=INK, opacity=SOFT, strokeDash=[4, 4])
    return stacked([ground, limit.encode(y=alt.Y("level:Q")), line, points], HEIGHT)


def _only(kind: str) -> Any:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")
