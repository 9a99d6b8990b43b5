"""The roadmap in words."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.feedback.roadmap import Weights
from ui import words_roadmap

ROW = {
    "title": "Faster *export*",
    "score": 25.0,
    "reach": 1.0,
    "severity": 0.5,
    "confidence_used": 0.5,
    "ease": 1.0,
    "people": 1,
    "mrr_cents": 324_000.0,
    "currency": "USD",
    "votes": 1,
    "comments": 4,
    "scored": 4,
    "mood": -0.25,
    "negative": 0.75,
    "subject": "export",
    "error_rate": 0.021,
    "drop_off": float("nan"),
    "gloom_of_largest": 0.9,
    "negative_of_largest": 1.0,
    "error_rate_of_largest": 0.5,
    "drop_off_of_largest": float("nan"),
    "effort_used": 4.0,
    "confidence_assumed": True,
    "effort_assumed": True,
}


USUAL = Weights()


def why(weights=USUAL, **changes):
    row = ROW | changes
    return words_roadmap.why(row, pd.DataFrame([row]), weights)


def test_the_formula_holds_the_numbers_of_the_row():
    assert why()[0] == "**25.0** = 100 \u00d7 1.00 \u00d7 0.50 \u00d7 0.50 \u00d7 1.00"


def test_weights_besides_1_are_powers():
    assert (
        "1.00^0.5 \u00d7 0.50^2 \u00d7 0.50 \u00d7 1.00^0"
        in why(Weights(reach=0.5, severity=2, effort=0))[0]
    )


def test_every_input_is_told():
    _, reach, severity, confidence, ease = why()
    assert reach.endswith(
        "1 person, of 1 at most; $3,240 a month, of $3,240 at most; money counts 50% of it"
    )
    assert "mood -0.25 (0.90); 75% negative of 4 comments (1.00)" in severity
    assert "2.1% of \u201cexport\u201d fail (0.50)" in severity
    assert "leave" not in severity
    assert confidence.endswith("from 1 vote and 4 comments, n / (n + 10)")
    assert ease.endswith("4 person-weeks, assumed; the least in the list is 4")


def test_what_is_entered_is_told_beside_what_would_be_assumed():
    told = why(confidence_assumed=False, effort_assumed=False, effort_used=2.5)
    assert told[3].endswith("entered (1 vote and 4 comments would make 0.33)")
    assert "2.5 person-weeks, entered" in told[4]


def test_where_nothing_is_linked_severity_is_assumed():
    none = dict.fromkeys((name for name in ROW if name.endswith("_of_largest")), float("nan"))
    assert "assumed to be medium" in why(**none)[2]


def test_without_prices_money_does_not_count():
    assert "no plan has a price" in why(mrr_cents=float("nan"), currency="")[1]


def test_names_of_subjects_are_text():
    assert "\\*\\*x\\*\\*" in why(subject="**x**")[2]


@pytest.mark.parametrize(
    ("cents", "currency", "told"),
    [
        (324_000, "USD", "$3,240"),
        (324_000, "EUR", "\u20ac3,240"),
        (324_000, "CHF", "3,240 CHF"),
        (float("nan"), "USD", "\u2013"),
    ],
)
def test_money_is_told_in_its_currency(cents, currency, told):
    assert words_roadmap.money(cents, currency) == told


def test_the_title_names_what_comes_first_and_second():
    rows = pd.DataFrame({"title": ["a", "b"], "score": [9.0, 8.0]})
    assert words_roadmap.ranking_finding(rows) == (
        "\u201ca\u201d comes first with 9.0, then \u201cb\u201d with 8.0"
    )
    assert words_roadmap.ranking_finding(rows.head(1)) == "\u201ca\u201d comes first with 9.0"
    assert words_roadmap.ranking_finding(rows.head(0)) == "Nothing to rank yet"


@given(st.lists(st.integers(0, 10_000), max_size=5))
def test_the_told_are_added_up(counts):
    title = words_roadmap.told_finding(
        pd.DataFrame({"state": ["shipped"] * len(counts) + ["declined"], "told": [*counts, 0]})
    )
    if not counts:
        assert title == "Nothing was shipped yet"
    else:
        assert f"{sum(counts):,} " in title


def test_the_title_tells_the_place_in_the_list():
    rows = pd.DataFrame({"title": ["a", "b", "c"], "score": [9.0, 4.0, 4.0]})
    told = [words_roadmap.why_title(row, rows) for row in rows.to_dict("records")]
    assert told[0].endswith("scores 9.0: number 1 of 3")
    assert told[2].endswith("scores 4.0: number 2 of 3")
