"""What stands under a card, and what people keep, in a real browser."""

import pytest

from tests.browser.visitor import LOOKS
from tests.thorough import thorough

CARD = ".st-key-card_losses"
PNG = b"\x89PNG\r\n\x1a\n"


def door(visitor, name, within="body"):
    """Open what a button of this name opens."""
    visitor.page.locator(within).get_by_role("button", name=name, exact=True).first.click()
    visitor.settle()
    return visitor.page.get_by_test_id("stPopoverBody")


@thorough
def test_a_card_gives_its_link_and_its_query_in_every_look(visit):
    visitor = visit("product").open("/quality?range=7d")
    for look in LOOKS:
        visitor.wear(look)
        for name, held in {"Link": "range=7d", "Query": "SELECT"}.items():
            assert held in door(visitor, name, CARD).inner_text(), look
            assert not visitor.overflows(), look
            visitor.page.keyboard.press("Escape")


@thorough
def test_a_chart_is_saved_as_a_picture_and_its_numbers_as_csv(visit):
    visitor = visit("product").open("/quality")
    card = visitor.page.locator(CARD)
    for look in ("light", "dark"):
        visitor.wear(look)
        card.get_by_test_id("stVegaLiteChart").hover()
        with visitor.page.expect_download() as saved:
            card.get_by_role("button", name="Download as PNG").click()
        assert saved.value.path().read_bytes().startswith(PNG), look
    with visitor.page.expect_download() as saved:
        card.get_by_role("button", name="CSV").click()
    assert saved.value.path().read_text().startswith("period,series,n,value")


@thorough
def test_a_view_is_saved_and_opened_again(visit):
    visitor = visit("product").open("/quality?range=90d")
    door(visitor, "Views")
    visitor.page.get_by_label("Save this view as").fill("Three <b>months</b>")
    visitor.page.get_by_role("button", name="Save", exact=True).click()
    link = visitor.page.get_by_role("link", name="Three <b>months</b>")
    link.wait_for()
    visitor.open("/trends")
    door(visitor, "Views")
    link.click()
    visitor.page.wait_for_url("**/quality?range=90d&project=demo")
    visitor.settle()


@thorough
def test_an_annotation_is_kept_by_hand_and_deleted(visit):
    visitor = visit("product").open("/quality")
    door(visitor, "Annotate")
    visitor.page.get_by_label("What happened").fill("<img src=x> moved")
    visitor.page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    body = visitor.page.get_by_test_id("stPopoverBody")
    body.get_by_text("<img src=x> moved").wait_for()
    body.get_by_role("button", name="Delete").first.click()
    body.get_by_text("<img src=x> moved").wait_for(state="detached")


COVERED = """() => [...document.querySelectorAll('[class*="st-key-card_"]')].flatMap(card => {
  const walker = document.createTreeWalker(
    card.querySelector('[data-testid="stHeading"]'), NodeFilter.SHOW_TEXT);
  const lines = [];
  while (walker.nextNode()) {
    const text = document.createRange();
    text.selectNodeContents(walker.currentNode);
    lines.push(...text.getClientRects());
  }
  return [...card.querySelectorAll('[data-testid="stElementToolbar"]')].map(toolbar => {
    const box = toolbar.getBoundingClientRect();
    return lines.some(line => line.right > box.left && line.left < box.right &&
      line.bottom > box.top && line.top < box.bottom);
  });
})"""


@thorough
@pytest.mark.parametrize("look", ["light", "phone"])
def test_a_toolbar_lies_over_no_title(visit, look):
    covered = visit("product", look).open("/journeys").page.evaluate(COVERED)
    assert covered
    assert not any(covered)
