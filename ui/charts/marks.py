"""What happened: thin rules across a chart over time, at the period in which it did. Incidents are
named beside theirs; all are told when pointed at, and with their period."""

from typing import Any

import altair as alt
import pandas as pd

from ui.charts.axes import INK, SOFT

COLUMNS = ("period", "when", "title", "kind", "segment", "side", "room")
NOTHING = pd.DataFrame(columns=list(COLUMNS))
LENGTHS: dict[str, pd.Timedelta | pd.DateOffset] = {
    "hour": pd.Timedelta(hours=1),
    "day": pd.Timedelta(days=1),
    "week": pd.Timedelta(weeks=1),
    "month": pd.DateOffset(months=1),
}
NAMED = "incident"  # of this kind it matters what it was before one points at it
LEAST, ENOUGH, APART = 0.12, 0.4, 0.04  # of the chart's width, for a name beside its rule
LONG, MANY = 48, 2  # characters of a title, and titles, that a day has room for


def mark_rows(
    marks: pd.DataFrame | None, periods: "pd.Series[pd.Timestamp]", grain: str
) -> pd.DataFrame:
    """Rows of the marks in the periods drawn, from columns at (local wall time), title and kind."""
    if marks is None or marks.empty or periods.empty:
        return NOTHING
    at = marks["at"].dt.tz_localize("UTC")
    shown = (at >= periods.min()) & (at < periods.max() + LENGTHS[grain])
    inside: pd.DataFrame = marks.assign(at=at)[shown].sort_values("at")
    begun = periods.drop_duplicates().sort_values()
    in_period = begun.searchsorted(inside["at"], side="right") - 1
    inside = inside.assign(period=begun.take(in_period).array)
    when = inside["at"].dt.strftime("%a %-d %b %Y, %H:%M")
    kind = inside["kind"].str.capitalize()
    names = _names_of(inside, periods)
    return inside.assign(when=when, kind=kind, segment="mark", **names).filter(COLUMNS)


def with_marks(rows: pd.DataFrame, happened: pd.DataFrame) -> pd.DataFrame:
    """The rows with those of the marks, of which each period tells what happened in it."""
    told = {begin: _in_period(there) for begin, there in happened.groupby("period")}
    columns = (rows[name] for name in ("when", "period", "segment"))
    words = [
        when + told.get(begin, "") if segment == "point" else when
        for when, begin, segment in zip(*columns, strict=True)
    ]
    return pd.concat([rows.assign(when=words), happened], ignore_index=True)


def mark_layers(x: alt.X) -> list[alt.Chart]:
    """A rule at each mark, with a handle at its top that is easy to point at, and names."""
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
    top = alt.value(0)
    return [rule, handle.encode(y=top), _names(base).encode(y=top)]


def _names(base: alt.Chart) -> alt.Chart:
    """The names beside their rules, on the side where there is room."""
    to_the_left = "datum.side === 'left'"
    chart: alt.Chart = base.transform_filter("datum.side !== ''").mark_text(
        align=alt.ExprRef(f"{to_the_left} ? 'right' : 'left'"),
        dx=alt.ExprRef(f"{to_the_left} ? -8 : 8"),
        baseline="top",
        fontSize=11,
        color=INK,
        opacity=SOFT,
        limit=alt.ExprRef("width * datum.room"),
    )
    return chart.encode(text=alt.Text("title:N"))


def _names_of(inside: pd.DataFrame, periods: "pd.Series[pd.Timestamp]") -> dict[str, list[Any]]:
    """Where each name stands: `side` of its rule ("right", "left", or "" where it has no room), and
    how much `room` it has, of the width; none reaches another name or rule."""
    begin, whole = periods.min(), periods.max() - periods.min()
    places = [(at - begin) / whole if whole else 0.0 for at in inside["period"]]
    sides, rooms, taken = [], [], 0.0
    for place, after, kind in zip(places, [*places[1:], 1.0], inside["kind"], strict=True):
        right, left = after - place, place - taken
        side = "right" if right >= min(left, ENOUGH) else "left"
        room = (right if side == "right" else left) - APART
        written = kind == NAMED and room >= LEAST
        sides.append(side if written else "")
        rooms.append(room)
        taken = after if written and side == "right" else place
    return {"side": sides, "room": rooms}


def _in_period(found: pd.DataFrame) -> str:
    """What happened in a period, after its name: ": Checkout is down (incident)"."""
    told = [
        f"{_cut(title)} ({kind.lower()})"
        for title, kind in zip(found["title"][:MANY], found["kind"][:MANY], strict=True)
    ]
    more = [f"{len(found) - MANY} more"] if len(found) > MANY else []
    return f": {'; '.join(told + more)}"


def _cut(title: str) -> str:
    return title if len(title) <= LONG else f"{title[:LONG]}\u2026"
