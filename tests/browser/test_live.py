"""The Live page moves by itself, and nothing but its figures is drawn anew."""

import json
import urllib.request

import pytest

from tests.browser.visitor import LOOKS
from tests.thorough import thorough

MARK = """() => {
    for (const place of ['h1', '.st-key-card_live_course', '.st-key-card_live_course canvas, '
                         + '.st-key-card_live_course svg', '[data-testid=stSidebarNav]'])
        document.querySelector(place).marked = true;
}"""
KEPT = """() => ['h1', '.st-key-card_live_course', '[data-testid=stSidebarNav]']
    .every(place => document.querySelector(place).marked)"""


@pytest.fixture
def send(product):
    """Send events of these people to the demo, as of now."""
    key = product.command("key", "demo", "--scope", "ingest")
    address = f"http://127.0.0.1:{product.environment['API_PORT']}/api/v1/analytics/events"

    def to(*people):
        failed = {"event_type": "error", "subject": "checkout", "country": "DE"}
        body = {"events": [failed | {"user_id": who} for who in people]}
        asked = urllib.request.Request(address, json.dumps(body).encode(), {"X-API-Key": key})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert json.load(answer)["accepted"] == len(people)

    return to


@thorough
def test_people_appear_within_seconds_without_the_page_being_drawn_anew(visit, send):
    send("live-1")
    visitor = visit("operations").open("/live")
    before = visitor.figure("People now")
    visitor.page.evaluate(MARK)
    send(*(f"live-{number}" for number in range(2, 12)))  # more than leave in the meantime
    now = before
    while int(now) < int(before) + 2:
        now = visitor.new_figure("People now", now)
    assert visitor.page.evaluate(KEPT)
    assert "Last came error of checkout" in visitor.text
    assert "live-2" not in visitor.text


@thorough
def test_a_door_that_is_open_stays_open_while_figures_move(visit, send):
    send("live-4")
    visitor = visit("operations").open("/live")
    before = visitor.figure("Events, 5 min")
    card = visitor.page.locator(".st-key-card_live_course")
    card.get_by_role("button", name="Query", exact=True).click()
    body = visitor.page.get_by_test_id("stPopoverBody")
    body.get_by_text("SELECT").first.wait_for()
    send("live-5")
    visitor.new_figure("Events, 5 min", before)
    assert body.is_visible()


@thorough
@pytest.mark.parametrize("page", ["/live", "/errors"])
def test_it_fits_every_look(visit, send, picture, page):
    send("live-6")
    visitor = visit("operations").open(page)
    for look in LOOKS:
        visitor.wear(look)
        assert visitor.count("[data-testid=stException]") == 0, look
        assert not visitor.overflows(), look
    visitor.wear("light")
    picture(visitor, page.strip("/"))
