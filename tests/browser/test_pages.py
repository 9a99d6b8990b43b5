"""Every page in light, dark and on a phone."""

import pytest

from tests.browser.visitor import LOOKS
from tests.thorough import thorough

PAGES = {"home": "/", "executive": "/executive", "trends": "/trends?by=Platform&metric=Events"}
# What is wrong with systems stands in a box, too, and a busy machine may be too slow for a probe.
COMPLAINTS = "[data-testid=stException], [data-testid=stAlert]:not(.st-key-systems *)"


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_drawn_completely_in_every_look(visit, page, picture):
    visitor = visit("executive").open(PAGES[page])
    for look in LOOKS:
        picture(visitor.wear(look), f"{page}-{look}")
        assert visitor.count(COMPLAINTS) == 0, look
        assert visitor.count("[data-testid=stVegaLiteChart] svg path") > 5, look
        assert not visitor.overflows(), look


def test_the_public_page_is_drawn_completely_in_every_look(visit, picture):
    visitor = visit().open("/")
    for look in LOOKS:
        picture(visitor.wear(look), f"public-{look}")
        assert visitor.page.get_by_role("button", name="Product manager").is_visible(), look
        assert not visitor.overflows(), look


def test_tiles_and_goals_show_their_course(visit):
    page = visit("executive").open("/executive").page
    lines, goals = page.locator("img.sparkline:not(td *)"), page.locator("td img.sparkline")
    seen = "all => all.map(each => each.complete && each.naturalWidth > 0)"
    assert lines.evaluate_all(seen) == [True] * 5
    assert set(goals.evaluate_all(seen)) == {True}
    assert lines.first.get_attribute("alt").startswith("Active users a day: ")


def test_a_page_connects_at_once(visit):
    visitor, asked, sockets = visit("executive"), [], []
    visitor.page.on("response", lambda answer: asked.append((answer.status, answer.url)))
    visitor.page.on("websocket", lambda socket: sockets.append(socket.url))
    visitor.open("/executive")
    assert [url for status, url in asked if status >= 400] == []
    assert sockets == [visitor.home.replace("http", "ws") + "/_stcore/stream"]


@thorough
def test_charts_speak_to_those_who_do_not_see_them(visit):
    visitor = visit("executive").open("/executive")
    charts = visitor.page.get_by_test_id("stVegaLiteChart")
    told = ("Active users", "leads", "MRR")
    assert all(any(word in name for word in told) for name in names(charts))


def names(charts):
    return [chart.evaluate(NAME) for chart in charts.all()]


NAME = """chart => [chart, ...chart.querySelectorAll('[aria-label]')]
                     .map(part => part.getAttribute('aria-label')).join(' ')"""


@thorough
def test_a_chart_shows_the_projects_days_wherever_the_viewer_is(visit):
    at_home = visit("executive", timezone_id="Pacific/Auckland").open("/executive")
    abroad = visit("executive", timezone_id="America/Los_Angeles").open("/executive")
    assert axis(at_home) == axis(abroad)


def axis(visitor):
    """The labels of the first chart, and where they and its lines are."""
    return visitor.page.get_by_test_id("stVegaLiteChart").first.evaluate(
        """chart => [...chart.querySelectorAll('.role-axis-label text, .mark-line path')]
                     .map(part => [part.textContent, part.getAttribute('transform'),
                                   part.getAttribute('d')])"""
    )
