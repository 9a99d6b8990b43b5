"""GET /api/v1/feature/{name}: the variant of a person."""

from dataclasses import replace

import pytest

from tests.db.experiments.drafts import BUTTON, SWITCH
from tests.ingest_api.flags.conftest import House


def ask(house, name, **said):
    key = {"X-API-Key": house.door.key}
    return house.door.client.get(f"/api/v1/feature/{name}", params=said, headers=key)


def test_a_variant_is_told_with_its_value_and_logged(house):
    house.keep(BUTTON)
    answer = ask(house, "button", user_id="u1")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    variant = answer.json()["variant"]
    assert answer.json() == {"feature": "button", "variant": variant, "value": variant}
    assert house.exposures() == [("button", variant)]
    assert house.served("button") == (variant, "SPLIT")


def test_targeting_looks_at_the_query(house):
    pro = '[{"kind":"dimension","dimension":"plan","values":["pro"]}]'
    house.keep(replace(SWITCH, targeting=pro))
    assert ask(house, "switch", user_id="u1", plan="pro").json()["variant"] == "on"
    assert ask(house, "switch", user_id="u1", plan="free").json()["variant"] == "off"


def test_without_consent_there_is_the_control(open_door):
    house = House(open_door("opt-in"))
    house.keep(BUTTON)
    assert ask(house, "button", user_id="u1").json()["variant"] == "control"
    assert house.exposures() == []


@pytest.mark.parametrize(
    ("name", "said", "status"),
    [
        ("none", {"user_id": "u1"}, 404),
        ("button", {}, 422),
        ("button", {"user_id": ""}, 422),
        ("button", {"user_id": "u1", "country": "Germany"}, 422),
        ("button", {"user_id": "u" * 201}, 422),
    ],
)
def test_what_is_wrong_is_a_problem(house, name, said, status):
    house.keep(BUTTON)
    answer = ask(house, name, **said)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_key_is_needed(house):
    asked = house.door.client.get("/api/v1/feature/button", params={"user_id": "u1"})
    assert asked.status_code == 401
