"""A survey from its making in the dashboard to an answer in the product, and back."""

import httpx
import pytest

from db.questions import Question, written
from tests.browser.visitor import LOOKS
from tests.thorough import thorough

DRAFT = written(
    (
        Question("nps", "How likely are you to recommend us?"),
        Question("choice", "Which do you use?", ("Web", "Phone"), several=True),
    )
)


WRITTEN = {"Question 1": "How was it?", "Role": "tester", "Name": "Clicked together"}


@pytest.fixture
def api(product):
    """The API as the product asks it."""
    address = f"http://127.0.0.1:{product.environment['API_PORT']}"
    with httpx.Client(
        base_url=address, headers={"X-API-Key": product.command("key", "demo")}
    ) as made:
        yield made


@thorough
def test_the_page_of_surveys_is_drawn_in_every_look(visit, picture):
    visitor = visit("product")
    for name, path in {"surveys": "/surveys", "survey": f"/surveys?questions={DRAFT}"}.items():
        visitor.open(path)
        for look in LOOKS:
            picture(visitor.wear(look), f"{name}-{look}")
            assert visitor.count("[data-testid=stException], [data-testid=stAlert]") == 0, look
            assert not visitor.overflows(), look
    assert visitor.page.get_by_label("Question 2", exact=True).input_value() == "Which do you use?"


@thorough
def test_what_is_built_by_clicking_is_shown_answered_and_ended(visit, api):
    visitor = visit("product").open("/surveys")
    visitor.page.get_by_role("button", name="Satisfaction (CSAT)").click()
    visitor.settle()
    for label, text in WRITTEN.items():
        field = visitor.page.get_by_role("textbox", name=label, exact=True)
        field.fill(text)
        field.press("Tab")
        visitor.settle()
    visitor.page.get_by_role("button", name="Start survey").click()
    card = visitor.page.locator("[class*=st-key-survey_]").filter(has_text="Clicked together")
    card.get_by_text("Running").wait_for()

    agreed = {"user_id": "b-1", "purposes": {"feedback": True}}
    api.put("/api/v1/consent", json=agreed).raise_for_status()
    asked = {"user_id": "b-1", "role": "tester"}
    survey = api.get("/api/v1/surveys/next", params=asked).json()["survey"]
    assert survey["questions"][0]["text"] == "How was it?"
    said = {"invitation": survey["invitation"], "answers": [{"question": 0, "score": 5}]}
    path = f"/api/v1/surveys/{survey['id']}/responses"
    assert api.post(path, json=said | {"user_id": "b-1"}).json()["answers"] == 1

    visitor.open("/surveys?range=7d")  # a range that nobody has asked about yet
    assert card.get_by_test_id("stMetricValue").all_inner_texts() == ["1", "1", "100.0%"]
    card.get_by_role("button", name="End now").click()
    visitor.page.get_by_role("button", name="End it").click()
    card.get_by_text("Over", exact=True).wait_for()
    assert api.post(path, json=said | {"user_id": "b-1"}).status_code == 410
