"""Filters by click and by link."""

from datetime import UTC, datetime

from tests.thorough import thorough


def test_a_filter_that_is_clicked_is_in_the_address_and_survives_page_and_reload(visit):
    visitor = visit("executive").open("/executive")
    before = visitor.figure("Events")
    visitor.click("7d")
    after = visitor.new_figure("Events", before)
    assert "range=7d" in visitor.address
    visitor.go("Trends").go("Home").go("Executive summary")
    assert "range=7d" in visitor.address
    visitor.page.reload()
    visitor.settle()
    assert visitor.figure("Events") == after


@thorough
def test_a_dimension_is_chosen_in_the_folded_filters(visit):
    visitor = visit("executive").open("/executive")
    before = visitor.figure("Events")
    visitor.click("Filters")
    visitor.page.get_by_role("combobox", name="Platform").click()
    visitor.page.get_by_role("option", name="ios", exact=True).click()
    visitor.page.keyboard.press("Escape")
    visitor.new_figure("Events", before)
    assert "platform=ios" in visitor.address
    visitor.go("Trends")
    assert "platform=ios" in visitor.address


@thorough
def test_a_copied_link_shows_another_viewer_the_same(visit):
    ann = visit("executive").open("/trends?range=90d&platform=web&by=Country&grain=week")
    bob = visit("product").open(ann.address)
    assert bob.address == ann.address
    assert title(bob) == title(ann)
    assert "Platform web" in bob.text


def title(visitor):
    return visitor.page.get_by_role("heading", level=3).first.inner_text()


@thorough
def test_garbage_in_the_address_is_ignored(visit):
    visitor = visit("executive").open("/executive?range=%3Cscript%3E&platform=x&compare=2")
    assert visitor.figure("Events") != ""
    assert "script" not in visitor.address


@thorough
def test_a_range_of_ones_own_travels_with_the_link(visit):
    visitor = visit("executive").open("/executive")
    visitor.click("custom")
    assert "range=custom" in visitor.address
    visitor.open("/executive?range=custom&dates=2026-01-05&dates=2026-01-11")
    assert "5 Jan to 11 Jan 2026" in visitor.text


@thorough
def test_a_range_that_goes_on_after_today_ends_with_it(visit):
    visitor = visit("executive").open("/executive?range=custom&dates=2026-01-05&dates=2100-01-01")
    told = f"5 Jan to {datetime.now(UTC):%-d %b %Y}"
    assert told in visitor.text
    visitor.page.reload()
    assert told in visitor.settle().text
    assert "dates=2026-01-05&dates=2100-01-01" in visitor.go("Trends").address
    visitor.open("/executive?range=custom&dates=2026-01-05&dates=2026-01-11")
    assert "5 Jan to 11 Jan 2026" in visitor.text
