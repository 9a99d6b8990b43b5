"""The score, worked out by hand and held to what is promised of it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.feedback.roadmap import Weights, ranked
from analytics.feedback.roadmap.drop_offs import DROP_OFFS
from analytics.feedback.roadmap.evidence import EVIDENCE
from tests.thorough import thorough

NONE = pd.DataFrame(columns=list(DROP_OFFS)).astype(DROP_OFFS)
PLAIN = {
    "kind": "request",
    "item": 1,
    "title": "faster",
    "state": "open",
    "released": False,
    "theme": None,
    "people": 10,
    "mrr_cents": 1_000.0,
    "currency": "EUR",
    "votes": 10,
    "comments": 0,
    "scored": 0,
    "mood": None,
    "negative": None,
    "subject": "",
    "error_rate": None,
    "effort": None,
    "confidence": None,
}
WEIGHTS = ("reach", "severity", "confidence", "effort")


def rows(*changes):
    made = [PLAIN | {"item": number} | change for number, change in enumerate(changes, start=1)]
    return pd.DataFrame(made, columns=list(EVIDENCE)).astype(EVIDENCE)


def order(found):
    return found["item"].tolist()


def test_it_is_rice_worked_out_by_hand():
    largest = {"people": 100, "mrr_cents": 40_000.0, "confidence": 0.8, "effort": 2.0}
    smaller = {"people": 50, "mrr_cents": 10_000.0, "confidence": 0.5, "effort": 8.0}
    found = ranked(rows(largest, smaller), NONE, Weights())
    # reach 1 and (0.5 + 0.25) / 2, medium severity 1/3, effort 1 and 4 times the least
    assert found["score"].tolist() == pytest.approx(
        [100 * 1 * (1 / 3) * 0.8 * 1, 100 * 0.375 * (1 / 3) * 0.5 * 0.25]
    )


def test_severity_is_the_mean_of_the_known_harms_as_shares_of_the_largest():
    worst = {"mood": -0.6, "negative": 0.8, "error_rate": 0.10, "subject": "export"}
    other = {"mood": 0.2, "negative": 0.2, "subject": "share"}
    drops = pd.DataFrame({"subject": ["export"], "funnel": ["f"], "drop_off": [0.4]})
    found = ranked(rows(worst, other, {}), drops, Weights()).set_index("item")
    assert found.loc[1, "severity"] == pytest.approx(1.0)
    # gloom 0.4 of 0.8 and negative 0.2 of 0.8; RICE's impact 0.25 + 2.75 s out of 3
    assert found.loc[2, "severity"] == pytest.approx((0.25 + 2.75 * (0.5 + 0.25) / 2) / 3)
    assert found.loc[3, "severity"] == pytest.approx(1 / 3)
    assert found["severity_assumed"].tolist() == [False, False, True]
    assert found.loc[1, "drop_off"] == 0.4


def test_what_is_not_entered_is_assumed_and_marked():
    entered, none = ranked(
        rows({"effort": 3.0, "confidence": 0.9}, {"votes": 25, "comments": 5}), NONE, Weights()
    ).to_dict("records")
    if entered["item"] == 2:
        entered, none = none, entered
    assert (entered["effort_used"], entered["confidence_used"]) == (3.0, 0.9)
    assert not entered["effort_assumed"]
    assert not entered["confidence_assumed"]
    assert (none["effort_used"], none["confidence_used"]) == (4.0, 30 / 40)
    assert none["effort_assumed"]
    assert none["confidence_assumed"]


def test_without_prices_reach_is_of_people_alone():
    found = ranked(
        rows({"mrr_cents": None}, {"mrr_cents": None, "people": 5}), NONE, Weights(money=1.0)
    )
    assert found["reach"].tolist() == [1.0, 0.5]


def test_money_decides_when_it_has_all_the_weight():
    many, rich = {"people": 100, "mrr_cents": 100.0}, {"people": 10, "mrr_cents": 9_000.0}
    assert order(ranked(rows(many, rich), NONE, Weights(money=0.0))) == [1, 2]
    assert order(ranked(rows(many, rich), NONE, Weights(money=1.0))) == [2, 1]


def test_who_is_wanted_by_nobody_scores_nothing():
    found = ranked(rows({"people": 0, "votes": 0, "mrr_cents": 0.0}, {}), NONE, Weights())
    assert found["score"].tolist()[1] == 0
    assert order(found) == [2, 1]


def test_no_row_and_a_single_row_are_ranked_too():
    assert ranked(rows(), NONE, Weights()).empty
    assert ranked(rows({"people": 0, "votes": 0}), NONE, Weights())["score"].tolist() == [0.0]


@st.composite
def items(draw):
    share = st.none() | st.floats(0, 1)
    return {
        "people": draw(st.integers(0, 10_000)),
        "mrr_cents": draw(st.floats(0, 1e7)),
        "votes": draw(st.integers(0, 500)),
        "comments": draw(st.integers(0, 500)),
        "mood": draw(st.none() | st.floats(-1, 1)),
        "negative": draw(share),
        "error_rate": draw(share),
        "effort": draw(st.none() | st.floats(0.1, 500)),
        "confidence": draw(st.none() | st.floats(0.01, 1)),
    }


weights = st.builds(Weights, **{name: st.floats(0, 2) for name in WEIGHTS}, money=st.floats(0, 1))


@thorough
@given(st.lists(items(), min_size=1, max_size=6), weights)
def test_a_score_lies_between_0_and_100_and_the_list_is_sorted(made, weighed):
    score = ranked(rows(*made), NONE, weighed)["score"].tolist()
    assert all(0 <= each <= 100 + 1e-9 for each in score)
    assert score == sorted(score, reverse=True)


@thorough
@given(st.lists(items(), min_size=1, max_size=6))
def test_a_factor_without_weight_changes_nothing(made):
    alone = Weights(reach=0, severity=0, confidence=0, effort=0)
    found = ranked(rows(*made), NONE, alone)
    assert found["score"].tolist() == [100.0] * len(made)
    assert order(found) == sorted(order(found))


@thorough
@given(st.lists(items(), min_size=2, max_size=6), weights)
def test_less_effort_never_lowers_a_score_against_the_others(made, weighed):
    dear = [each | {"effort": each["effort"] or 4.0} for each in made]
    cheap = [dear[0] | {"effort": dear[0]["effort"] / 2}, *dear[1:]]
    before = order(ranked(rows(*dear), NONE, weighed)).index(1)
    assert order(ranked(rows(*cheap), NONE, weighed)).index(1) <= before
