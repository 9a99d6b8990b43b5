"""Praise, pain and requests are told apart by words, sentiment and score."""

import pytest

from analytics.feedback.kinds import happiness, kind_of

ASKED = (
    "Please add a dark mode",
    "It would be great if exports were faster",
    "Could you support Slack?",
    "I wish there was an offline mode",
    "We'd love an import from Excel",
    "Is there a way to sort by name?",
    "Do you plan an Android app",
    "Feature request: shortcuts",
    "Dark mode, please",
    "We need better filters",
)
NOT_ASKED = (
    "Please fix this",
    "The export is slow, please look into it",
    "I could not log in",
    "I need to restart it every day",
    "Is there a problem with sync?",
    "Good support for teams",
)


@pytest.mark.parametrize("comment", ASKED)
def test_who_asks_for_something_makes_a_request(comment):
    assert kind_of(comment, corrected="negative", compound=-0.8) == "request"


@pytest.mark.parametrize("comment", NOT_ASKED)
def test_who_complains_or_praises_does_not_ask(comment):
    assert kind_of(comment, compound=-0.5) == "pain"
    assert kind_of(comment, compound=0.5) == "praise"


@pytest.mark.parametrize(
    ("corrected", "kind"), [("negative", "pain"), ("positive", "praise"), ("neutral", None)]
)
def test_a_persons_label_outweighs_words_and_score(corrected, kind):
    assert kind_of("ok", corrected, compound=0.9, scale="nps", score=10) == kind
    assert kind_of("ok", corrected, compound=-0.9, scale="nps", score=0) == kind


def test_a_score_decides_where_words_are_vague_and_clear_words_outweigh_it():
    assert kind_of("ok", compound=0.3, scale="nps", score=3) == "pain"
    assert kind_of("ok", compound=-0.3, scale="nps", score=9) == "praise"
    assert kind_of("ok", compound=0.8, scale="nps", score=3) == "praise"
    assert kind_of("ok", compound=0.0, scale="nps", score=7) is None
    assert kind_of("ok", compound=-0.05, scale="nps", score=7) == "pain"


@pytest.mark.parametrize(
    ("scale", "unhappy", "between", "happy"),
    [
        ("nps", (0, 6), (7, 8), (9, 10)),
        ("csat", (1, 2), (3,), (4, 5)),
        ("rating", (1, 2), (3,), (4, 5)),
        ("ces", (1, 3), (4,), (5, 7)),
    ],
)
def test_every_scale_has_its_unhappy_and_happy_scores(scale, unhappy, between, happy):
    for scores, expected in ((unhappy, -1), (between, 0), (happy, 1)):
        assert {happiness(scale, score, None) for score in scores} == {expected}


def test_without_a_score_it_counts_whether_it_helped():
    assert [happiness("rating", None, helped) for helped in (True, False, None)] == [1, -1, 0]
    assert happiness("rating", 3, True) == 0
    assert happiness("choice", 1, None) == 0
