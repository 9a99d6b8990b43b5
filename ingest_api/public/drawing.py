"""Badges and cards as SVG, drawn as an XML tree: what is written in them is text and nothing else.

https://www.w3.org/TR/SVG2/. The widths of letters are estimated; `textLength` makes them hold
whatever font is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element, SubElement, tostring

Theme = Literal["light", "dark"]
FONT = "Verdana,DejaVu Sans,Geneva,sans-serif"
HEIGHT, PADDING, SIZE = 20, 6, 11  # px
NARROW, WIDE = " .,:;'|!()[]{}/ijlftrI-", "mwMW%@+—…"
CARD_WIDTH, CARD_PADDING, LINE = 400, 16, 22  # px


@dataclass(frozen=True, slots=True)
class Colours:
    """Of a theme: each text has a contrast of 4.5 or more against its ground."""

    label: str
    label_text: str
    value: str
    value_text: str
    card: str
    border: str
    title: str
    text: str


THEMES: dict[Theme, Colours] = {
    "light": Colours(
        "#4A4F57", "#FFFFFF", "#0B62A8", "#FFFFFF", "#FFFFFF", "#E2E5EA", "#16191F", "#4A4F57"
    ),
    "dark": Colours(
        "#2A313C", "#E8EBF0", "#6FB7EC", "#0F1217", "#0F1217", "#2A313C", "#E8EBF0", "#B4BCC8"
    ),
}


def badge(label: str, value: str, theme: Theme) -> bytes:
    """A label and a value side by side."""
    colours = THEMES[theme]
    left, right = (width_of(text) + 2 * PADDING for text in (label, value))
    svg = _image(left + right, HEIGHT, f"{label}: {value}")
    clip = SubElement(svg, "clipPath", id="round")
    _box(clip, (0, 0, left + right, HEIGHT), fill="#FFF", rx="3")
    ground = SubElement(svg, "g", {"clip-path": "url(#round)"})
    _box(ground, (0, 0, left, HEIGHT), fill=colours.label)
    _box(ground, (left, 0, right, HEIGHT), fill=colours.value)
    _write(svg, label, (PADDING, 14), fill=colours.label_text)
    _write(svg, value, (left + PADDING, 14), fill=colours.value_text)
    return _written(svg)


def card(title: str, lines: Sequence[str], source: str, theme: Theme) -> bytes:
    """A title and what is said below it, a line each, and where it comes from."""
    colours = THEMES[theme]
    height = 2 * CARD_PADDING + LINE * (len(lines) + 2)
    svg = _image(CARD_WIDTH, height, f"{title}: {'; '.join(lines)}")
    inside = (0.5, 0.5, CARD_WIDTH - 1, height - 1)
    _box(svg, inside, fill=colours.card, stroke=colours.border, rx="8")
    y = CARD_PADDING + 16
    _write(svg, title, (CARD_PADDING, y), size=16, fill=colours.title, weight="bold")
    for line in lines:
        y += LINE
        _write(svg, line, (CARD_PADDING, y), size=13, fill=colours.text)
    _write(svg, source, (CARD_PADDING, y + LINE + 6), size=10, fill=colours.text)
    return _written(svg)


def width_of(text: str, size: float = SIZE) -> int:
    """About how wide a text is in px."""
    return round(sum(map(_em, text)) * size)


def _em(letter: str) -> float:
    if letter in NARROW:
        return 0.4
    return 0.95 if letter in WIDE or east_asian_width(letter) in "WF" else 0.64


def _image(width: int, height: int, told: str) -> Element:
    """An empty picture with what screen readers say of it."""
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(width),
            "height": str(height),
            "viewBox": f"0 0 {width} {height}",
            "role": "img",
            "aria-label": told,
        },
    )
    SubElement(svg, "title").text = told
    return svg


def _box(parent: Element, place: tuple[float, float, float, float], **more: str) -> None:
    x, y, width, height = map(str, place)
    SubElement(parent, "rect", {"x": x, "y": y, "width": width, "height": height, **more})


def _write(
    parent: Element,
    text: str,
    place: tuple[int, int],
    *,
    fill: str,
    size: int = SIZE,
    weight: str = "normal",
) -> None:
    room = CARD_WIDTH - 2 * CARD_PADDING
    told = {"font-family": FONT, "font-size": str(size), "font-weight": weight, "fill": fill}
    told |= {"x": str(place[0]), "y": str(place[1])}
    told |= {"textLength": str(min(width_of(text, size), room)), "lengthAdjust": "spacingAndGlyphs"}
    SubElement(parent, "text", told).text = text


def _written(svg: Element) -> bytes:
    written: bytes = tostring(svg, encoding="utf-8")
    return written
