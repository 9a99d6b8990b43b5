"""The OpenFeature Remote Evaluation Protocol: its bodies, its errors and its ETags."""

import json
from dataclasses import replace

import pytest

from db.experiments.kept import Variant
from db.experiments.running import kill_experiment
from tests.db.experiments.drafts import BUTTON, SWITCH
from tests.ingest_api.flags.conftest import OFREP

ON_OFF = (Variant("off", 0, False), Variant("on", 10_000, True))
FLAG = replace(SWITCH, variants=ON_OFF)


def test_a_value_comes_with_variant_and_reason(house):
    house.keep(FLAG)
    answer = house.one("switch")
    assert answer.status_code == 200
    assert answer.json() == {
        "key": "switch",
        "reason": "STATIC",
        "variant": "on",
        "value": True,
    }


def test_a_variant_without_a_value_is_served_by_its_name(house):
    house.keep(SWITCH)
    assert house.one("switch").json()["value"] == "on"


def failure(answer):
    body = answer.json()
    assert body["errorDetails"]
    return answer.status_code, body["errorCode"], body.get("key")


def test_what_does_not_exist_is_not_found(house):
    assert failure(house.one("none")) == (404, "FLAG_NOT_FOUND", "none")
    house.keep(replace(BUTTON, kind="import", key="elsewhere"), started=False)
    assert failure(house.one("elsewhere")) == (404, "FLAG_NOT_FOUND", "elsewhere")


def test_a_person_is_needed_where_the_answer_depends_on_them(house):
    house.keep(BUTTON)
    assert failure(house.one("button", None)) == (400, "TARGETING_KEY_MISSING", "button")
    assert failure(house.one("button", "")) == (400, "TARGETING_KEY_MISSING", "button")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "PARSE_ERROR"),
        (b"", "PARSE_ERROR"),
        (b"\x1f\x8bnothing", "PARSE_ERROR"),
        (b"[]", "INVALID_CONTEXT"),
        (b'{"context": []}', "INVALID_CONTEXT"),
        (b'{"context": "u1"}', "INVALID_CONTEXT"),
        (b'{"context": {"targetingKey": true}}', "INVALID_CONTEXT"),
        (b'{"context": {"targetingKey": {}}}', "INVALID_CONTEXT"),
        (b'{"context": {"targetingKey": "a\\u0000"}}', "INVALID_CONTEXT"),
        (b'{"context": {"targetingKey": "\\ud800"}}', "INVALID_CONTEXT"),
        (b'{"context": {"targetingKey": "%s"}}' % (b"x" * 201), "INVALID_CONTEXT"),
    ],
)
def test_what_is_no_evaluation_is_told_in_the_terms_of_the_protocol(house, body, code):
    house.keep(BUTTON)
    assert failure(house.door.send(body, f"{OFREP}/button")) == (400, code, "button")
    assert failure(house.door.send(body, OFREP)) == (400, code, None)


def test_attributes_that_no_event_could_have_count_as_not_set(house):
    elsewhere = '[{"kind":"dimension","dimension":"plan","values":[""]}]'
    house.keep(replace(FLAG, targeting=elsewhere))
    for plan in ({"a": 1}, "x" * 101, True, "a\x00b", None, []):
        assert house.served("switch", plan=plan, other={"deep": [1]})[0] == "on"
    assert house.served("switch", plan=5)[0] == "off"


def test_app_version_may_be_named_as_javascript_names_it(house):
    house.keep(
        replace(FLAG, targeting='[{"kind":"dimension","dimension":"app_version","values":["2"]}]')
    )
    assert house.served("switch", appVersion="2")[0] == "on"
    assert house.served("switch", app_version="2", appVersion="1")[0] == "on"


def test_an_empty_body_is_one_without_a_context(house):
    house.keep(FLAG)
    assert house.door.send(b"{}", f"{OFREP}/switch").json()["value"] is True


@pytest.mark.parametrize("path", [f"{OFREP}/switch", OFREP])
def test_a_key_is_needed_and_has_to_be_for_ingest(house, open_door, path):
    house.keep(FLAG)
    assert house.door.client.post(path, content=b"{}").status_code == 401
    assert house.door.send({}, path, X_API_Key="wrong").status_code == 401
    assert open_door(scope="read").send({}, path).status_code == 403
    assert house.door.send({}, path, Authorization=f"Bearer {house.door.key}").status_code == 200


def everything(house, unit="u1", **headers):
    context = {} if unit is None else {"targetingKey": unit}
    return house.door.send({"context": context}, OFREP, **headers)


def test_all_flags_come_at_once_and_none_is_logged(house):
    house.keep(FLAG)
    house.keep(BUTTON)
    house.keep(replace(FLAG, key="draft"), started=False)
    flags = {each["key"]: each for each in everything(house).json()["flags"]}
    assert list(flags) == ["button", "switch"]
    assert flags["button"]["metadata"] == {"exposure": True}
    assert "metadata" not in flags["switch"]
    assert house.exposures() == []
    assert house.one("switch").json() == flags["switch"]
    assert house.served("button")[0] == flags["button"]["variant"]


def test_of_all_flags_those_that_need_a_person_say_so(house):
    house.keep(FLAG)
    house.keep(BUTTON)
    button, switch = everything(house, None).json()["flags"]
    assert (button["key"], button["errorCode"]) == ("button", "TARGETING_KEY_MISSING")
    assert switch["value"] is True


def test_a_project_without_flags_has_an_empty_list(house):
    assert everything(house).json() == {"flags": []}


def test_nothing_is_sent_again_until_it_changes(house):
    house.keep(FLAG)
    tag = everything(house).headers["ETag"]
    for wanted in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        same = everything(house, If_None_Match=wanted)
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert everything(house, If_None_Match='"other"').status_code == 200
    house.change(kill_experiment, "switch", True)
    changed = everything(house, If_None_Match=tag)
    assert (changed.status_code, changed.json()["flags"][0]["value"]) == (200, False)
    assert changed.headers["ETag"] != tag


def test_people_with_other_values_have_other_tags(house):
    house.keep(replace(BUTTON, share=10_000))
    people = [f"u{number}" for number in range(20)]
    answers = [everything(house, who) for who in people]
    by_tag = {answer.headers["ETag"]: answer.json()["flags"][0]["variant"] for answer in answers}
    assert sorted(by_tag.values()) == ["b", "control"]


def test_browsers_may_read_the_tag(house):
    exposed = everything(house, Origin="https://shop.example").headers
    assert "ETag" in exposed["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("value", [0, 1.5, 1.0, "x", [1, {"a": None}], {"a": [1, 2]}, False])
def test_values_are_served_as_they_were_kept(house, value):
    house.keep(replace(FLAG, variants=(Variant("off", 0), Variant("on", 10_000, value))))
    served = house.one("switch")
    assert served.json()["value"] == value
    assert type(served.json()["value"]) is type(value)
    assert json.loads(served.content) == served.json()
