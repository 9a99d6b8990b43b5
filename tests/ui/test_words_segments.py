"""Definitions read as sentences."""

from datetime import date

import pytest

from analytics.segments.asking import Size
from analytics.segments.definition import (
    Between,
    Definition,
    Did,
    Dropped,
    FirstSeen,
    InStage,
    LastDays,
    Rule,
    Trait,
)
from ui import words_segments as words

MARCH = Between(date(2026, 3, 1), date(2026, 4, 1))
SENTENCES = {
    "did save in the last 30 days": Rule(Did("save")),
    "did anything at least 5 times today": Rule(Did(times=5, within=LastDays(1))),
    "did not do save “file” at least twice in the last 7 days": Rule(
        Did("save", "file", times=2, within=LastDays(7)), negated=True
    ),
    "did save at most once from 2026-03-01 to 2026-03-31": Rule(
        Did("save", comparison="at most", within=MARCH)
    ),
    "had plan pro or team in the last 30 days": Rule(Trait("plan", ("pro", "team"))),
    "had version 3.4 on the latest day": Rule(Trait("app_version", ("3.4",), "latest")),
    "was dormant last week": Rule(InStage("dormant")),
    "was new this month so far": Rule(InStage("new", "month", 0)),
    "was first seen in the last 30 days": Rule(FirstSeen()),
    "stopped after “sign_up” of visit → sign_up → buy in the last 30 days": Rule(
        Dropped("steps=visit~sign_up~buy", 2)
    ),
}


@pytest.mark.parametrize(("said", "rule"), SENTENCES.items())
def test_a_condition_is_said_as_people_would(said, rule):
    assert words.sentence(Definition((rule,))) == said


def test_conditions_are_joined_by_what_combines_them():
    rules = (Rule(Did("save")), Rule(InStage("dormant")))
    both = "did save in the last 30 days, {} was dormant last week"
    assert words.sentence(Definition(rules, "all")) == both.format("and")
    assert words.sentence(Definition(rules, "any")) == both.format("or")


def test_a_share_says_of_how_many():
    assert words.share(Size(2_000, 500, 4_000)) == "12.5% of 4,000 active people"
    assert words.share(Size(2, 0, 0)) == "Nobody is active in the range"
