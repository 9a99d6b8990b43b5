"""Definitions round-trip through JSON, and refuse what makes no sense with a sentence."""

import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.segments.definition import (
    LONGEST_DEFINITION,
    MOST_RULES,
    Between,
    Definition,
    Did,
    InStage,
    LastDays,
    Rule,
    Trait,
    definition_of,
)
from db.errors import BadSegment
from tests.analytics.segments import reference


@given(definition=reference.definitions(date(2026, 3, 12)))
def test_a_definition_survives_json(definition):
    assert definition_of(definition.json) == definition
    assert hash(definition_of(definition.json)) == hash(definition)
    assert definition.gap == ""


def test_json_is_plain_enough_to_read():
    definition = Definition((Rule(Did("save", times=2, within=LastDays(7)), negated=True),))
    assert json.loads(definition.json) == {
        "match": "all",
        "rules": [
            {
                "negated": True,
                "condition": {
                    "kind": "did",
                    "name": "save",
                    "subject": None,
                    "comparison": "at least",
                    "times": 2,
                    "within": {"kind": "last", "days": 7},
                },
            }
        ],
    }


def test_an_incomplete_definition_says_what_it_lacks():
    assert Definition().gap == "Add a first condition."
    rules = (Rule(Did("save")), Rule(Trait("plan", ())))
    assert Definition(rules).gap == "Choose at least one value in condition 2."
    assert definition_of(Definition(rules).json) == Definition(rules)


IMPOSSIBLE = {
    "no days": lambda: LastDays(0),
    "too many days": lambda: LastDays(10_000),
    "a range that ends before it starts": lambda: Between(date(2026, 2, 1), date(2026, 2, 1)),
    "a range of a thousand years": lambda: Between(date(1000, 1, 1), date(2026, 2, 1)),
    "a range that is too long": lambda: Between(date(1999, 1, 1), date(2026, 2, 1)),
    "a dimension that is none": lambda: Trait("actor_key", ("1",)),
    "more values than fit": lambda: Trait("plan", tuple(map(str, range(1_000)))),
    "a NUL in a value": lambda: Trait("plan", ("a\x00b",)),
    "a NUL in a name": lambda: Did("a\x00"),
    "a name that never ends": lambda: Did("a" * 501),
    "less than never": lambda: Did("save", times=-1),
    "more often than anybody": lambda: Did("save", times=10**9),
    "a period to come": lambda: InStage("new", ago=-1),
    "more rules than fit": lambda: Definition((Rule(Did()),) * (MOST_RULES + 1)),
}


@pytest.mark.parametrize("make", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_makes_no_sense_is_refused(make):
    with pytest.raises(BadSegment):
        make()


DID = '{"kind": "did", "within": {"kind": "last", "days": 7}}'
MALFORMED = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "a number": "1",
    "an unknown key": '{"rules": [], "sql": "drop table"}',
    "another way to match": '{"match": "none"}',
    "no condition": '{"rules": [{}]}',
    "an unknown condition": '{"rules": [{"condition": {"kind": "sql", "text": "1=1"}}]}',
    "a condition without a kind": '{"rules": [{"condition": {"stage": "new"}}]}',
    "an unknown stage": '{"rules": [{"condition": {"kind": "stage", "stage": "lost"}}]}',
    "an unknown comparison": '{"rules": [{"condition": {"kind": "did", "comparison": ">"}}]}',
    "a number as text": '{"rules": [{"condition": {"kind": "did", "times": "2"}}]}',
    "a number that is not": '{"rules": [{"condition": {"kind": "did", "times": NaN}}]}',
    "a huge number": '{"rules": [{"condition": {"kind": "did", "times": 1e400}}]}',
    "a date that is none": '{"rules": [{"condition": {"kind": "first seen", "within": '
    '{"kind": "between", "start": "2026-02-30", "end": "2026-03-01"}}}]}',
    "half a surrogate": '{"rules": [{"condition": {"kind": "did", "name": "\\ud800"}}]}',
    "a NUL": '{"rules": [{"condition": {"kind": "did", "name": "\\u0000"}}]}',
    "too many rules": '{"rules": [' + ",".join([f'{{"condition": {DID}}}'] * 99) + "]}",
    "far too long": " " * (LONGEST_DEFINITION + 1),
    "deeply nested": "[" * 50_000,
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_hostile_text_is_refused_with_a_sentence(text):
    with pytest.raises(BadSegment) as refused:
        definition_of(text)
    assert str(refused.value).endswith(".")


@given(text=st.text(max_size=200))
def test_no_text_does_anything_else_than_parse_or_be_refused(text):
    with suppress(BadSegment):
        definition_of(text)
