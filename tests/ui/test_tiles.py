"""Tiles: a change has the colour of what it means, not of its sign."""

import pytest
from streamlit.testing.v1 import AppTest


def drawn():
    from ui.tiles import Figure, figures

    figures(
        {
            "Users": Figure("5", "", "+2%", moves=True),
            "Failed": Figure("5%", "", "+2%", moves=True, less_is_better=True),
            "Requests": Figure("5", "", "+2%"),
        }
    )


@pytest.mark.parametrize(("place", "colour"), [(0, "GREEN"), (1, "RED"), (2, "GRAY")])
def test_a_rise_is_good_bad_or_neither(place, colour):
    shown = AppTest.from_function(drawn).run(timeout=30)
    proto = shown.metric[place].proto
    assert proto.MetricColor.Name(proto.color) == colour
