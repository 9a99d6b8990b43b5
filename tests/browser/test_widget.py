"""The feedback widget on somebody else's page: used by hand, by keyboard, and by a machine."""

import gzip
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from db.tables import feedback
from ingest_api.routes.widget import SCRIPT
from tests.browser.visitor import LOOKS
from tests.thorough import thorough

DOCUMENT = Path(__file__).parents[2] / "docs" / "widget.md"
MOST_BYTES = 6_000


@pytest.fixture(scope="module")
def api(product):
    """Where the API is, and a key for a project that keeps what people agreed to."""
    return address_and_key(product, "widgets", "opt-in")


@pytest.fixture(scope="module")
def lenient_api(product):
    """The same for a project that keeps what people did not refuse."""
    return address_and_key(product, "lenient-widgets", "opt-out")


def address_and_key(product, name, consent):
    product.command("project", name, "--consent", consent)
    address = f"http://127.0.0.1:{product.environment['API_PORT']}"
    return address, product.command("key", name)


@pytest.fixture(scope="module")
def other_site():
    """A server of somebody else, as (address, what it shows); the API has another origin."""
    shown = {}

    class Shown(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(shown.get("body", "").encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Shown) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/answers/42", shown
        server.shutdown()


@pytest.fixture
def site(chromium, api, other_site):
    """Open a page of another site that holds this element; it must end without complaints."""
    contexts, complaints = [], []
    site_address, shown = other_site

    def opened(element, look="light", api=api):
        context = chromium.new_context(**LOOKS[look])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        address, key = api
        script = f'<script src="{address}/widget.js" data-key="{key}"></script>'
        shown["body"] = (
            '<!doctype html><html lang="en"><title>Answer</title><link rel="icon" href="data:,">'
            f"<style>* {{ color: red }}</style><main><h1>Answer</h1>{script}{element}</main></html>"
        )
        page.goto(site_address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def kept(product):
    """What is kept of an interaction: score, helpful and comment."""
    columns = (feedback.c.score, feedback.c.helpful, feedback.c.comment)
    return lambda interaction: product.stored(
        select(*columns).where(feedback.c.interaction == interaction)
    )


def element(interaction, more="", user="u-17", consent="yes"):
    return (
        f'<looplens-feedback user="{user}" interaction="{interaction}" consent="{consent}" {more}>'
        "</looplens-feedback>"
    )


@thorough
def test_what_is_chosen_and_written_is_kept(site, kept):
    page = site(element("answer-1"))
    page.get_by_role("radio", name="Yes").check(force=True)
    page.get_by_role("radio", name="4 of 5 stars").check(force=True)
    page.get_by_label("Tell us more").fill("Good, <b>but</b> slow. Ask ann@example.org")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you for your feedback.").wait_for()
    [(score, helpful, comment)] = kept("answer-1")
    assert (score, helpful) == (4, True)
    assert "<b>but</b> slow" in comment
    assert "ann@example.org" not in comment


@thorough
def test_the_keyboard_alone_is_enough(site, kept):
    page = site(element("answer-2", 'ask="stars"'))
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Thank you for your feedback.").wait_for()
    assert kept("answer-2") == [(3, None, None)]
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.textContent") == (
        "Thank you for your feedback."
    )


@thorough
def test_nothing_is_sent_before_something_is_said(site):
    page = site(element("answer-3"))
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Choose or write something first.").wait_for()


@thorough
def test_without_agreement_nothing_is_kept_and_the_person_is_told(site, kept):
    page = site(element("answer-4", 'ask="helpful"', user="u-4", consent="ask"))
    page.get_by_role("radio", name="No").check(force=True)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Nothing was kept").wait_for()
    assert kept("answer-4") == []


def test_who_agrees_in_the_widget_is_kept(site, kept):
    page = site(element("answer-5", 'ask="helpful"', user="u-5", consent="ask"))
    page.get_by_role("radio", name="No").check(force=True)
    page.get_by_label("Keep my answer").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you for your feedback.").wait_for()
    assert kept("answer-5") == [(None, False, None)]


@thorough
def test_who_does_not_tick_is_not_kept_where_others_are(site, lenient_api, kept):
    page = site(element("answer-8", 'ask="helpful"', consent="ask"), api=lenient_api)
    page.get_by_role("radio", name="No").check(force=True)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Nothing was kept").wait_for()
    assert kept("answer-8") == []


@thorough
@pytest.mark.parametrize("word", ["no", "false", "denied"])
def test_only_a_yes_is_a_yes(site, kept, word):
    page = site(element(f"answer-9-{word}", 'ask="helpful"', user=f"u-{word}", consent=word))
    page.get_by_role("radio", name="No").check(force=True)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Nothing was kept").wait_for()
    assert kept(f"answer-9-{word}") == []


@thorough
def test_an_api_that_is_away_is_told_and_the_answer_stays(site):
    page = site(element("answer-6"))
    page.route("**/api/v1/feedback", lambda route: route.abort())
    page.get_by_label("Tell us more").fill("Still here")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("It could not be sent.").wait_for()
    assert page.get_by_label("Tell us more").input_value() == "Still here"


@thorough
def test_the_example_of_the_documentation_works(chromium, api, other_site, kept):
    [example] = re.findall(r"```html\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    (address, key), (site_address, shown) = api, other_site
    shown["body"] = example.replace("http://127.0.0.1:8000", address).replace("YOUR_KEY", key)
    page = chromium.new_context().new_page()
    page.goto(site_address)
    page.get_by_role("radio", name="Yes").check(force=True)
    page.get_by_label("Keep my answer").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you for your feedback.").wait_for()
    page.context.close()
    assert kept("answer-42") == [(None, True, None)]


QUESTIONS = (
    "nps: How likely are you to recommend us?",
    "choices: What do you use? | Export | <i>Search</i>",
    "text: What is missing?",
)


def grant(api, user):
    """Say of a person that they agree to feedback, as a server does."""
    address, key = api
    said = json.dumps({"user_id": user, "purposes": {"feedback": True}}).encode()
    request = Request(f"{address}/api/v1/consent", said, {"X-API-Key": key}, method="PUT")
    urlopen(request).close()


@thorough
def test_a_survey_is_shown_once_and_answered(site, product, api):
    asked = [word for question in QUESTIONS for word in ("--question", question)]
    product.command("survey", "widgets", "How is it", *asked)
    grant(api, "u-18")
    page = site('<looplens-survey user="u-18"></looplens-survey>')
    page.get_by_role("radio", name="9", exact=True).check(force=True)
    page.get_by_role("checkbox", name="<i>Search</i>").check(force=True)
    page.get_by_label("What is missing?").fill("Nothing")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you for your feedback.").wait_for()
    page.reload()
    page.wait_for_timeout(500)
    assert page.get_by_role("radio").count() == 0  # it is quiet now


@thorough
@pytest.mark.parametrize("look", LOOKS)
def test_a_machine_finds_no_barrier(site, look):
    page = site(element("answer-7", consent="ask"), look)
    page.get_by_label("Tell us more").fill("Half")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_script_is_small_and_depends_on_nothing():
    script = SCRIPT.read_bytes()
    assert len(gzip.compress(script, 9)) < MOST_BYTES
    assert b"import" not in script
    assert b"innerHTML" not in script


@thorough
def test_the_consent_stands_beside_its_checkbox_on_a_phone(site):
    page = site(element("phone", consent="ask"), look="phone")
    box = page.get_by_role("checkbox").bounding_box()
    words = page.get_by_text("Keep my answer to improve this product").bounding_box()
    assert words["x"] >= box["x"] + box["width"]
    assert words["y"] < box["y"] + box["height"]
    assert box["width"] == pytest.approx(box["height"], rel=0.01)
