"""My usage and an organisation in a browser: drawn in every look, and what is taken away."""

from pathlib import Path

import orjson
import pytest

from tests.browser.visitor import LOOKS
from tests.thorough import thorough

CUT = """[...document.querySelectorAll("section")]
    .filter(each => each.scrollWidth > each.clientWidth).length"""
PAGES = {"my_usage": "member", "organisation": "org_admin"}


@thorough
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_drawn_completely_in_every_look(visit, page, picture):
    visitor = visit(PAGES[page]).open(f"/{page}")
    for look in LOOKS:
        picture(visitor.wear(look), f"{page}-{look}")
        assert visitor.count("[data-testid=stException], [data-testid=stAlert]") == 0, look
        assert visitor.count("[data-testid=stVegaLiteChart] svg path") > 5, look
        assert not visitor.overflows(), look


@thorough
def test_the_golden_return_is_on_the_page_of_its_organisation(visit):
    visitor = visit("org_admin").open("/organisation?organisation=Acme")
    assert visitor.figure("Active seats") == "47 of 50"
    assert visitor.figure("Adoption") == "94.0%"
    assert visitor.figure("Runs") == "5,623"
    assert "$16,860 of time for $193: benefit / cost 87.4, ROI 86.4" in visitor.text


@thorough
def test_the_golden_month_is_on_the_page_of_its_member(visit):
    visitor = visit("member").open("/my_usage")
    assert visitor.figure("Runs") == "342"
    assert "17.1 hours and $14.35 saved" in visitor.text


def taken(visitor, label):
    """The bytes behind a button that makes a file."""
    with visitor.page.expect_download() as made:
        visitor.page.get_by_role("button", name=label).click()
    return Path(made.value.path()).read_bytes()


@thorough
def test_the_report_is_taken_along(visit):
    visitor = visit("org_admin").open("/organisation?organisation=Acme")
    assert taken(visitor, "Report (PDF)").startswith(b"%PDF-")
    html = taken(visitor, "Report (HTML)")
    assert b"16,860" in html
    paper = visitor.page.context.new_page()
    paper.set_content(html.decode())
    for media, width in (("screen", 900), ("print", 700), ("screen", 1280)):
        paper.set_viewport_size({"width": width, "height": 900})
        paper.emulate_media(media=media)
        assert paper.evaluate(CUT) == 0, (media, width)


@thorough
def test_the_bare_number_of_days_of_the_api_is_read(visit):
    visitor = visit("org_admin").open("/organisation?organisation=Acme&days=7")
    assert visitor.figure("Active seats").startswith("45+")
    assert "days=7" in visitor.address


@thorough
def test_ones_data_is_taken_along(visit):
    visitor = visit("member").open("/my_usage")
    found = orjson.loads(taken(visitor, "Download my data"))
    assert found["counts"]["registry"]["runs"] >= 342


@thorough
def test_an_assumption_is_in_the_address_and_survives_a_reload(visit):
    visitor = visit("member").open("/my_usage")
    visitor.click("Assumptions")
    field = visitor.page.get_by_role("spinbutton", name="Minutes saved a run (min)")
    field.fill("6")
    field.press("Enter")
    visitor.settle()
    assert "minutes_saved_per_run=6" in visitor.address
    visitor.open(visitor.address)
    assert "34.2 hours and $14.35 saved" in visitor.text


@thorough
def test_filters_of_other_pages_stay_in_the_address(visit):
    visitor = visit("product").open("/trends?range=90d")
    visitor.go("My usage")
    assert not visitor.page.get_by_text("12m", exact=True).is_visible()
    visitor.go("Trends")
    assert "range=90d" in visitor.address
