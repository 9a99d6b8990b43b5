"""Sparklines: the course of a figure in a line, drawn by us.

Streamlit draws those of its tiles with Vega; five of them took a fifth of the time until a page is
there. They are images, since SVG itself is taken out of what `st.html` is given.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from math import isfinite
from urllib.parse import quote

WIDTH, HEIGHT = 100, 32  # of its own units; it is stretched to the width of the tile
EDGE = 2  # above and below, for the width of the line
COLOUR = "#4192C6"  # between the blues of charts on a light and on a dark ground
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {top} {width} {box}"'
    ' preserveAspectRatio="none" stroke-linecap="round" stroke-linejoin="round">'
    '<path d="{area}" fill="{colour}" opacity="0.15"/>'
    '<path d="{line}" fill="none" stroke="{colour}" stroke-width="1.5"'
    ' vector-effect="non-scaling-stroke"/></svg>'
)
IMAGE = '<img class="sparkline" alt="{told}" title="{told}" src="data:image/svg+xml,{svg}">'

Point = tuple[float, float]


def sparkline(values: Sequence[float], told: str) -> str:
    """HTML of an image of the values from 0 up, with gaps where there are none.

    NaN is no value. `told` is what it says to who does not see it, and on hover. Empty when there
    are fewer than two values.
    """
    places = [(place, value) for place, value in enumerate(values) if isfinite(value)]
    if len(places) < 2:
        return ""
    runs = list(_runs(places, len(values) - 1))
    svg = SVG.format(
        top=-EDGE,
        width=WIDTH,
        box=HEIGHT + 2 * EDGE,
        colour=COLOUR,
        line="".join(_line(run) for run in runs),
        area="".join(_area(run) for run in runs),
    )
    return IMAGE.format(told=escape(told), svg=quote(svg))


def _runs(places: Sequence[tuple[int, float]], last: int) -> Iterator[list[Point]]:
    """The points of each run without a gap; y goes down."""
    lowest = min(0.0, *(value for _, value in places))
    highest = max(0.0, *(value for _, value in places))
    span = highest - lowest or 1.0
    for _, run in groupby(enumerate(places), lambda each: each[1][0] - each[0]):
        yield [
            (WIDTH * place / last, HEIGHT * (1 - (value - lowest) / span))
            for _, (place, value) in run
        ]


def _line(run: Sequence[Point]) -> str:
    """One point alone is a dot, which a line of no length with round ends is."""
    (x, y), *others = run
    return f"M{x:.1f} {y:.1f}" + ("".join(f"L{x:.1f} {y:.1f}" for x, y in others) or "h0")


def _area(run: Sequence[Point]) -> str:
    return f"{_line(run)}L{run[-1][0]:.1f} {HEIGHT}L{run[0][0]:.1f} {HEIGHT}Z"
