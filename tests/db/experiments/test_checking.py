"""What can't be kept is told in one clear sentence."""

from dataclasses import replace

import pytest

from db.errors import BadExperiment
from db.experiments.checking import checked
from db.experiments.kept import Variant
from tests.db.experiments.drafts import BUTTON, SWITCH


def weighted(*weights: int) -> tuple[Variant, ...]:
    return tuple(
        Variant(key, weight) for key, weight in zip(("control", "b", "c"), weights, strict=False)
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"variants": weighted(5_000, 4_000)}, "The weights sum to 90%, not to 100%."),
        ({"variants": weighted(5_000, 5_001)}, "The weights sum to 100.01%, not to 100%."),
        ({"variants": weighted(-1, 10_001)}, "A weight is from 0 to 100%."),
        ({"variants": weighted(10_000)}, "at least two variants, one of which is the control"),
        ({"variants": ()}, "at least two variants"),
        ({"variants": weighted(10_000, 0)}, "at least one other variant need a weight"),
        ({"variants": weighted(0, 10_000)}, "The control and at least one other"),
        ({"variants": (Variant("b", 1), Variant("b", 9_999))}, "Two variants are named 'b'."),
        ({"variants": (Variant("a b", 1), Variant("b", 9_999))}, "variant 'a b': it begins"),
        ({"control": "z"}, "There is no control"),
        ({"control": ""}, "There is no control"),
        ({"key": "a/b"}, "key: it begins with a letter"),
        ({"key": "1st"}, "key: it begins with a letter"),
        ({"key": "a\n"}, "key: it begins with a letter"),
        ({"key": "a" * 101}, "key: it begins with a letter"),
        ({"name": " "}, "name: it is empty"),
        ({"name": "", "key": ""}, "name: it is empty"),
        ({"name": "a\x00"}, "name: it holds control characters"),
        ({"hypothesis": "x" * 2_001}, "hypothesis: it has more than 2000"),
        ({"share": 10_001}, "share: it is from 0 to 100%"),
        ({"share": -1}, "share: it is from 0 to 100%"),
        ({"layer": "a b"}, "layer: it begins"),
        ({"kind": "test"}, "kind: it is one of"),
        ({"targeting": "{"}, "targeting: it is no JSON"),
        ({"targeting": "{}"}, "targeting: it is no list"),
        ({"metrics": "1"}, "metrics: it is no list"),
        ({"targeting": '["\\u0000"]'}, "targeting: it holds a NUL"),
        ({"plan": {"units": 2**70}}, "plan: it can't be written as JSON"),
    ],
)
def test_what_is_wrong_with_an_experiment_is_told(change, told):
    with pytest.raises(BadExperiment, match=told):
        checked(replace(BUTTON, **change))


@pytest.mark.parametrize("value", [2**70, "\ud800", "a\x00b", {"a": "\x00"}, "x" * 10_001])
def test_a_value_that_no_client_could_read_is_refused(value):
    variants = (Variant("off", 0, False), Variant("on", 10_000, value))
    with pytest.raises(BadExperiment, match="variant 'on': it"):
        checked(replace(SWITCH, variants=variants))


@pytest.mark.parametrize("value", [True, 0, 1.0, "é\\u0000", {"a": [1]}, [], None])
def test_any_other_value_is_kept_as_it_is(value):
    variants = (Variant("off", 0, False), Variant("on", 10_000, value))
    kept = checked(replace(SWITCH, variants=variants)).variants[1].value
    assert (kept, type(kept)) == (value, type(value))


def test_a_flag_may_have_one_variant_for_all_but_no_metrics():
    assert checked(SWITCH).variants == SWITCH.variants
    with pytest.raises(BadExperiment, match="besides the one that is off"):
        checked(replace(SWITCH, variants=(Variant("off", 10_000),)))
    with pytest.raises(BadExperiment, match="A flag has no metrics"):
        checked(replace(SWITCH, metrics="[1]"))


def test_texts_are_kept_on_one_line():
    tidy = checked(replace(BUTTON, name=" a\n b ", hypothesis="x\n\ny"))
    assert (tidy.name, tidy.hypothesis) == ("a b", "x y")
