"""The packages of OpenFeature, as they are published, against the API."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason

from db.experiments.kept import Variant
from tests.db.experiments.drafts import BUTTON, SWITCH

ANN = EvaluationContext("ann", {"country": "DE"})


@pytest.fixture
def connect(house: Any) -> Iterator[Callable[..., OpenFeatureClient]]:
    """A client of OpenFeature with the key of the project."""

    def make(key: str = "") -> OpenFeatureClient:
        headers = {"Authorization": f"Bearer {key or house.door.key}"}
        address = str(house.door.client.base_url)
        api.set_provider(OFREPProvider(address, headers_factory=lambda: headers))
        return api.get_client()

    yield make
    api.shutdown()
    api.clear_providers()


def valued(value):
    return replace(SWITCH, variants=(Variant("off", 0, value), Variant("on", 10_000, value)))


def test_values_of_every_type_are_resolved(house, connect):
    client = connect()
    for key, value in {"b": True, "i": 7, "f": 2.0, "s": "red", "o": {"a": [1]}}.items():
        house.keep(replace(valued(value), key=key))
    assert client.get_boolean_value("b", False, ANN) is True
    assert client.get_integer_value("i", 0, ANN) == 7
    assert client.get_float_value("f", 0.0, ANN) == 2.0
    assert client.get_string_value("s", "", ANN) == "red"
    assert client.get_object_value("o", {}, ANN) == {"a": [1]}


def test_an_experiment_is_assigned_once_and_its_details_are_told(house, connect):
    client = connect()
    house.keep(BUTTON)
    details = client.get_string_details("button", "none", ANN)
    assert (details.reason, details.value) == (Reason.SPLIT, details.variant)
    assert client.get_string_value("button", "none", ANN) == details.value
    assert house.exposures() == [("button", details.variant)]


def test_targeting_follows_the_context(house, connect):
    client = connect()
    germans = '[{"kind":"dimension","dimension":"country","values":["DE"]}]'
    house.keep(replace(SWITCH, targeting=germans))
    assert client.get_string_details("switch", "", ANN).reason == Reason.TARGETING_MATCH
    french = EvaluationContext("zoe", {"country": "FR"})
    assert client.get_string_details("switch", "", french).reason == Reason.DEFAULT


def test_errors_give_the_default_and_say_what_they_are(house, connect):
    client = connect()
    house.keep(BUTTON)
    for details, code in (
        (client.get_string_details("none", "mine", ANN), ErrorCode.FLAG_NOT_FOUND),
        (client.get_string_details("button", "mine"), ErrorCode.TARGETING_KEY_MISSING),
        (
            client.get_string_details("button", "mine", EvaluationContext("x" * 300)),
            ErrorCode.INVALID_CONTEXT,
        ),
        (connect("wrong").get_string_details("button", "mine", ANN), ErrorCode.GENERAL),
    ):
        assert (details.value, details.reason, details.error_code) == ("mine", Reason.ERROR, code)
    mistyped = connect().get_boolean_details("button", False, ANN)
    assert (mistyped.value, mistyped.error_code) == (False, ErrorCode.TYPE_MISMATCH)
