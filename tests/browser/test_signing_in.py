"""Getting in, and what strangers see."""

from tests.thorough import thorough


def link(product, role="executive", email="ann@example.org"):
    """The path and token of a one-time link, as the command line prints it."""
    printed = product.command("invite", email, "--role", role, "--project", "demo")
    return "/access" + printed.split("/access")[-1].split()[0]


def test_a_one_time_link_signs_in_and_keeps_its_token_out_of_the_address(visit, product):
    path = link(product)
    visitor = visit()
    visitor.page.goto(product.dashboard + path)
    button = visitor.page.get_by_role("button", name="Sign in")
    button.wait_for()
    assert "token" not in visitor.page.url
    button.click()
    visitor.settle()
    assert "ann@example.org" in visitor.page.get_by_test_id("stSidebar").inner_text()
    assert [
        c["httpOnly"] for c in visitor.context.cookies() if c["name"] == "looplens_session"
    ] == [True]


@thorough
def test_a_link_that_was_used_says_so(visit, product):
    path = link(product, email="eve@example.org")
    for attempt in (visit(), visit()):
        attempt.page.goto(product.dashboard + path)
        attempt.page.get_by_role("button", name="Sign in").click()
        attempt.page.wait_for_load_state()
    assert "used already" in attempt.page.inner_text("main")
    attempt.complaints.clear()  # the browser reports the answer's 403


def test_every_address_shows_strangers_the_public_page_only(visit):
    visitor = visit()
    for path in ("/", "/executive", "/trends?platform=web"):
        visitor.open(path)
        assert "See how your product is used" in visitor.text
        assert visitor.count("[data-testid=stMetric], [data-testid=stVegaLiteChart]") == 0


@thorough
def test_a_persona_lands_on_the_page_that_was_asked_for(visit):
    visitor = visit().enter_as("Executive", "/trends?range=7d&by=Plan")
    assert visitor.page.url.endswith("/trends?range=7d&by=Plan")
    assert visitor.page.get_by_role("heading", name="Trends", level=1).is_visible()


@thorough
def test_signing_out_closes_the_other_window_too(visit):
    visitor = visit().enter_as("Executive", "/executive")
    other = visitor.context.new_page()
    other.goto(visitor.page.url)
    other.get_by_role("button", name="Sign out").click()
    other.get_by_text("See how your product is used").wait_for()
    visitor.page.get_by_text("7d", exact=True).click()
    visitor.page.get_by_text("See how your product is used").wait_for()
    assert visitor.settle().count("[data-testid=stMetric]") == 0


def test_a_page_outside_ones_role_is_a_note(visit):
    visitor = visit("product").open("/executive")
    assert "does not include this page" in visitor.text
    assert visitor.count("[data-testid=stMetric]") == 0
