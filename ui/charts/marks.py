"""What happened at a time: thin rules across a chart over time, told when pointed at."""

import altair as alt
import pandas as pd

from ui.charts.axes import INK

COLUMNS = ("period", "when", "title", "kind", "segment")
NOTHING = pd.DataFrame(columns=list(COLUMNS))
LENGTHS = {
    "hour": pd.Timedelta(hours=1),
    "day": pd.Timedelta(days=1),
    "week": pd.Timedelta(weeks=1),
    "month": pd.Timedelta(days=31),
}


def mark_rows(
    marks: pd.DataFrame | None, periods: "pd.Series[pd.Timestamp]", grain: str
) -> pd.DataFrame:
    """Rows of the marks in the periods drawn, from columns at (local wall time), title and kind."""
    if marks is None or marks.empty or periods.empty:
        return NOTHING
    at = marks["at"].dt.tz_localize("UTC")
    shown = (at >= periods.min()) & (at < periods.max() + LENGTHS[grain])
    inside: pd.DataFrame = marks.assign(period=at)[shown]
    when = inside["period"].dt.strftime("%a %-d %b %Y, %H:%M")
    kind = inside["kind"].str.capitalize()
    return inside.assign(when=when, kind=kind, segment="mark").filter(COLUMNS)


def mark_layers(x: alt.X) -> list[alt.Chart]:
    """A rule at each mark, with a handle at its top that is easy to point at."""
    base = (
        alt.Chart()
        .transform_filter("datum.segment === 'mark'")
        .encode(
            x=x,
            tooltip=[
                alt.Tooltip("title:N", title="What"),
                alt.Tooltip("kind:N", title="Kind"),
                alt.Tooltip("when:N", title="When"),
            ],
        )
    )
    rule = base.mark_rule(color=INK, opacity=0.55, strokeWidth=1, strokeDash=[2, 3])
    handle = base.mark_point(
        shape="triangle-down", filled=True, size=90, color=INK, opacity=0.75, yOffset=4
    )
    return [rule, handle.encode(y=alt.value(0))]
