"""Sparklines: the course of a figure in a line, drawn by us.

Streamlit draws those of its tiles with Vega; five of them took a quarter of the time until a page
is there.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from math import isfinite

WIDTH, HEIGHT = 100, 32  # of its own units; it is stretched to the width of the tile
SVG = (
    '<svg role="img" aria-label="{told}" viewBox="0 -2 {width} {box}" preserveAspectRatio="none"'
    ' style="display:block;width:100%;height:{box}px;overflow:visible" stroke-linecap="round">'
    "<title>{told}</title>"
    '<path d="{area}" fill="currentColor" opacity="0.1"/>'
    '<path d="{line}" fill="none" stroke="currentColor" opacity="0.6" stroke-width="1.5"'
    ' stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
)

Point = tuple[float, float]


def sparkline(values: Sequence[float | None], told: str) -> str:
    """SVG of the values from 0 up, with gaps where there are none; `told` is what it says.

    Empty when there are fewer than two values.
    """
    places = [
        (place, float(value))
        for place, value in enumerate(values)
        if value is not None and isfinite(value)
    ]
    if len(places) < 2:
        return ""
    runs = list(_runs(places, len(values) - 1))
    return SVG.format(
        told=escape(told),
        width=WIDTH,
        box=HEIGHT + 4,
        line="".join(_line(run) for run in runs),
        area="".join(_area(run) for run in runs),
    )


def _runs(places: Sequence[tuple[int, float]], last: int) -> Iterator[list[Point]]:
    """The points of each run without a gap; y goes down."""
    highest = max(value for _, value in places) or 1.0
    lowest = min(0.0, *(value for _, value in places))
    for _, run in groupby(enumerate(places), lambda each: each[1][0] - each[0]):
        yield [
            (WIDTH * place / last, HEIGHT * (highest - value) / (highest - lowest))
            for _, (place, value) in run
        ]


def _line(run: Sequence[Point]) -> str:
    """One point alone is a dot, which a line of no length with round ends is."""
    (x, y), *others = run
    return f"M{x:.1f} {y:.1f}" + ("".join(f"L{x:.1f} {y:.1f}" for x, y in others) or "h0")


def _area(run: Sequence[Point]) -> str:
    return f"{_line(run)}L{run[-1][0]:.1f} {HEIGHT}L{run[0][0]:.1f} {HEIGHT}Z"
