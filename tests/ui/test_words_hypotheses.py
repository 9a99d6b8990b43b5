"""Hypotheses in words."""

from datetime import date

import pandas as pd
import pytest

from analytics.feedback.hypotheses import Change, Outcome
from analytics.metrics import METRICS
from ui import words_hypotheses

FOUND = Change(0.041, 0.010, 0.073, 28, 12.4, 12.9)


def change(low, high):
    return Change((low + high) / 2, low, high, 28, 1.0, 1.0)


def test_the_change_is_set_against_the_expectation_in_one_sentence():
    assert words_hypotheses.sentence(FOUND, 0.1) == (
        "+4.1% (1.0 to 7.3), expected +10%: less than hoped; before/after, not an experiment"
    )


@pytest.mark.parametrize(
    ("low", "high", "expected", "told"),
    [
        (-0.3, -0.15, -0.2, "expected -20%: as hoped"),
        (-0.05, 0.3, 0.2, "too little is known yet"),
        (-0.05, 0.03, 0.2, "no change is shown"),
        (-0.05, -0.03, 0.2, "it moved the other way"),
        (0.25, 0.3, 0.2, "more than hoped"),
    ],
)
def test_every_verdict_has_its_words(low, high, expected, told):
    assert told in words_hypotheses.sentence(change(low, high), expected)


def test_what_is_not_measured_yet_says_so():
    none = Outcome(pd.DataFrame(), None)
    metric = METRICS["actors"]
    assert words_hypotheses.outcome_title(metric, none, 0.1) == (
        "Active users: not measured yet, expected +10%"
    )
    assert words_hypotheses.guardrail(metric, none) == "Active users: not measured yet"
    assert words_hypotheses.compared(none, metric, date(2026, 3, 3)).endswith(
        "It was shipped on 3 Mar 2026."
    )


def test_a_guardrail_tells_its_change_and_what_that_means():
    worse = Outcome(pd.DataFrame(), change(0.02, 0.06))
    assert words_hypotheses.guardrail(METRICS["error_rate"], worse) == (
        "Error rate +4.0% (2.0 to 6.0): suffered"
    )
    assert words_hypotheses.guardrail(METRICS["actors"], worse).endswith("got better")


def test_the_means_are_told_in_the_unit_of_the_metric():
    found = Outcome(pd.DataFrame(), FOUND)
    assert words_hypotheses.compared(found, METRICS["events_per_actor"], date(2026, 3, 3)) == (
        "12.40 a day before, 12.90 after, 28 days each, around 3 Mar 2026."
    )


def test_the_register_counts_what_is_shipped():
    rows = pd.DataFrame({"shipped_at": pd.to_datetime(["2026-03-03", None])})
    assert words_hypotheses.register_finding(rows) == "2 hypotheses, 1 of them shipped"
    assert words_hypotheses.register_finding(rows.head(1)) == "1 hypothesis, 1 of them shipped"
    assert words_hypotheses.register_finding(rows.head(0)) == "No hypothesis yet"


@pytest.mark.parametrize(
    ("event", "subject", "told"),
    [
        ("", "", "Error rate"),
        ("use", "", "Error rate of \u201cuse\u201d"),
        ("use", "export", "Error rate of \u201cexport\u201d"),
    ],
)
def test_what_is_measured_is_told_by_what_it_is_of(event, subject, told):
    row = {"metric": "error_rate", "event": event, "subject": subject}
    assert words_hypotheses.scope(row) == told
