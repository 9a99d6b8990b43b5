"""A sparkline is what its values say, and nothing but numbers and escaped words."""

import math
import re
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from ui.sparklines import HEIGHT, WIDTH, sparkline

SVG = "{http://www.w3.org/2000/svg}"
IMAGE = re.compile(r'src="data:image/svg\+xml,([^"]+)"')
POINT = re.compile(r"([ML])([\d.]+) ([\d.]+)")


def paths(values):
    (svg,) = IMAGE.findall(sparkline(values, "Events a day: 1 to 4"))
    area, line = ElementTree.fromstring(unquote(svg)).findall(f"{SVG}path")
    return area.get("d"), line.get("d")


def points(path):
    return [(letter, float(x), float(y)) for letter, x, y in POINT.findall(path)]


def test_it_goes_from_edge_to_edge_and_from_zero_to_the_highest():
    _, line = paths([0, 4, 2])
    assert points(line) == [("M", 0, HEIGHT), ("L", WIDTH / 2, 0), ("L", WIDTH, HEIGHT / 2)]


def test_what_has_no_value_is_a_gap_and_a_value_alone_is_a_dot():
    _, line = paths([1, 1, math.nan, 1, math.nan])
    assert points(line) == [("M", 0, 0), ("L", 25, 0), ("M", 75, 0)]
    assert line.endswith("h0")


def test_the_area_stands_on_zero():
    area, _ = paths([4, 2])
    assert points(area) == [
        ("M", 0, 0),
        ("L", WIDTH, HEIGHT / 2),
        ("L", WIDTH, HEIGHT),
        ("L", 0, HEIGHT),
    ]


def test_nothing_but_zeros_lies_on_the_ground():
    _, line = paths([0, 0])
    assert {y for _, _, y in points(line)} == {HEIGHT}


@pytest.mark.parametrize("values", [[], [3.0], [math.nan, 3.0, math.nan]])
def test_of_less_than_two_values_there_is_none(values):
    assert sparkline(values, "told") == ""


def test_what_it_says_is_text():
    drawn = sparkline([1, 2], '"><script>alert(1)</script>')
    assert "<script" not in drawn
    assert drawn.count("&lt;script&gt;") == 2
