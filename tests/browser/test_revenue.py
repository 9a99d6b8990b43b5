"""Revenue in a browser: drawn in every look, and the same view for whoever gets the address."""

import re

from tests.browser.visitor import LOOKS
from tests.thorough import thorough

ALERTS = "[data-testid=stException], [data-testid=stAlert]"


@thorough
def test_revenue_is_drawn_completely_in_every_look(visit, picture):
    visitor = visit("executive").open("/revenue")
    for look in LOOKS:
        picture(visitor.wear(look), f"revenue-{look}")
        assert visitor.count(ALERTS) == 0, look
        assert visitor.count("[data-testid=stVegaLiteChart] svg path") > 50, look
        assert not visitor.overflows(), look
    assert not visitor.complaints


@thorough
def test_the_address_holds_what_was_chosen(visit):
    visitor = visit("executive").open("/revenue")
    visitor.page.locator(".st-key-part").get_by_text("plan", exact=True).click()
    visitor.settle()
    chosen = visitor.page.url
    assert "part=plan" in chosen
    other = visit("executive").open(re.sub(r"^https?://[^/]+", "", chosen))
    assert other.page.get_by_text("What each plan brings in").count() == 1


@thorough
def test_the_waterfall_ends_with_the_mrr_of_the_tile(visit):
    page = visit("executive").open("/revenue").page
    told = page.locator(".st-key-card_waterfall svg text").all_text_contents()
    amount = page.locator("[data-testid=stMetricValue]").first.inner_text()
    assert amount.lstrip("$\u20ac") in told
