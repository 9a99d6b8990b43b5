"""The pages of experiments and flags in every look, by keyboard alone, and what happens there."""

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import LOOKS
from tests.thorough import thorough

PAGES = {
    "experiments": "/experiments",
    "experiment": "/experiments?experiment=guided-setup",
    "new_experiment": "/new_experiment",
    "flags": "/flags",
}
SIZE = "text => parseFloat(getComputedStyle(text).fontSize)"


@thorough
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_drawn_in_every_look(visit, page, picture):
    visitor = visit("product").open(PAGES[page])
    for look in LOOKS:
        picture(visitor.wear(look), f"{page}-{look}")
        assert visitor.count("[data-testid=stException], [data-testid=stAlert]") == 0, look
        assert not visitor.overflows(), look


@thorough
def test_a_range_that_changes_nothing_is_not_shown_and_kept_for_the_next_page(visit):
    visitor = visit("product").open("/trends?range=90d&platform=web")
    ranges = visitor.page.locator(".st-key-range")
    assert ranges.is_visible()
    for title in ("Experiments", "New experiment", "Flags"):
        visitor.page.get_by_role("link", name=title, exact=True).click()
        visitor.settle()
        assert not ranges.is_visible(), title
        assert not visitor.page.get_by_text("Only Platform").is_visible(), title
    visitor.page.get_by_role("link", name="Trends", exact=True).click()
    assert "range=90d" in visitor.settle().address
    assert ranges.is_visible()


@thorough
def test_the_verdict_is_the_largest_text_of_its_page(visit):
    visitor = visit("product").open(PAGES["experiment"])
    verdict = visitor.page.get_by_role("heading", level=2).first.evaluate(SIZE)
    for kind in ("stHeading", "stMetricValue"):
        others = visitor.page.locator(f"[data-testid={kind}] :is(h1, h3, div)").all()
        assert max(other.evaluate(SIZE) for other in others) < verdict


@thorough
def test_an_experiment_is_opened_by_keyboard_and_its_address_can_be_sent(visit):
    visitor = visit("product").open("/experiments")
    cards = visitor.page.locator("[class*=st-key-experiment_]")
    button = cards.filter(has_text="instant-search").get_by_role("button", name="Open")
    button.focus()
    button.press("Enter")
    visitor.page.get_by_role("heading", level=2).filter(has_text="Stop").wait_for()
    assert "experiment=instant-search" in visitor.settle().address
    assert "breaks" in visit("executive").open(visitor.address).text


@thorough
def test_an_experiment_is_planned_by_keyboard_and_kept_as_a_draft(visit):
    visitor = visit("product").open("/new_experiment")
    page = visitor.page
    page.get_by_role("textbox", name="Name").focus()
    page.keyboard.type("Larger buttons")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Key")).to_have_value("larger-buttons", timeout=30_000)
    page.get_by_text("people, about").wait_for()
    page.get_by_role("button", name="Keep the draft").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=2).filter(has_text="This is a draft").wait_for()
    assert "experiment=larger-buttons" in visitor.settle().address
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Larger buttons", timeout=30_000)
    visitor.open("/experiments?experiment=larger-buttons")
    page.get_by_role("button", name="Delete").first.click()
    page.get_by_role("button", name="Delete it").click()
    page.get_by_text("Run an A/A test on your own data").wait_for()


@thorough
def test_a_flag_is_made_switched_and_deleted_by_keyboard(visit):
    visitor = visit("product").open("/flags")
    page = visitor.page
    page.get_by_role("textbox", name="Name").focus()
    page.keyboard.type("Quick help")
    page.keyboard.press("Enter")
    card = page.locator("[class*=st-key-flag_]").filter(has_text="quick-help")
    card.get_by_role("button", name="Switch on").focus()
    page.keyboard.press("Enter")
    card.get_by_text("Everybody gets “on”.").wait_for()
    card.get_by_role("button", name="Kill").focus()
    page.keyboard.press("Enter")
    card.get_by_text("Everybody gets “off”.").wait_for()


@thorough
def test_an_a_a_test_of_the_projects_own_people_finds_what_chance_explains(visit):
    visitor = visit("product").open("/experiments")
    visitor.page.get_by_role("button", name="Run it").click()
    visitor.page.get_by_text("splits look different in Events").wait_for(timeout=60_000)
    assert "as it should be" in visitor.settle().text
