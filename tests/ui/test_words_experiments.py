"""Experiments in words: the list, what was written down, the split, and who changed what."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from analytics.experiments.definition import InDimension, InSegment, Measure, Metric
from analytics.experiments.self_test import SelfTest
from analytics.experiments.statistics import Split, Verdict
from analytics.product.funnels.definition import Funnel, Step
from db.experiments.history import Change
from db.experiments.kept import Variant
from tests.ui.test_words_verdicts import RUNNING
from ui import words_experiments, words_flags, words_measures, words_trials

DAY = datetime(2026, 3, 3, tzinfo=UTC)
BOTH = (Variant("off", 0), Variant("on", 10_000))
FUNNEL = Funnel((Step("open"), Step("pay"))).text


def verdict(kind):
    return Verdict(kind, None, (), None)


def split(p, *, wrong):
    return Split(p, wrong, pd.DataFrame({"variant": ["A"], "n": [1]}))


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ([], "No experiment runs"),
        (["running"], "One experiment runs, none needs a decision"),
        (["better"], "One experiment runs, it needs a decision"),
        (["better", "running"], "2 experiments run, 1 needs a decision"),
        (["split", "level"], "2 experiments run, all need a decision"),
    ],
)
def test_the_list_says_how_many_need_a_decision(kinds, told):
    running = [replace(RUNNING, key=str(place)) for place in range(len(kinds))]
    verdicts = {str(place): verdict(kind) for place, kind in enumerate(kinds)}
    assert words_experiments.finding(running, verdicts) == told


@pytest.mark.parametrize(
    ("p", "wrong", "told"),
    [
        (0.41, False, "The split is as planned (p = 0.410)"),
        (0.0000001, True, "The split is wrong (p < 0.001)"),
        (None, False, "Too few people to test the split"),
    ],
)
def test_the_split_is_told_with_its_test(p, wrong, told):
    assert words_experiments.split_title(split(p, wrong=wrong)) == told


def test_a_part_says_what_may_be_said_of_it():
    told = {"different": [True, False, False], "lift": [0.4, 0.1, float("nan")]}
    says = words_experiments.part_rows(pd.DataFrame(told))["says"]
    assert says.tolist() == ["differs", "like the rest", "too little is known"]


def test_a_split_of_nobody_and_of_a_few_is_not_called_as_planned():
    nobody = Split(None, False, pd.DataFrame({"variant": ["A"], "n": [0]}))
    assert words_experiments.split_title(nobody) == "Nobody was exposed yet"
    assert words_experiments.split_in_short(split(None, wrong=False)) == "too few yet"
    assert words_experiments.split_in_short(split(0.4, wrong=False)) == "as planned"


MEASURES = {
    "the share who did pay": Measure("did", "pay"),
    "how often pay of card failed, a person": Measure("failures", "pay", "card"),
    "the share who came back on day 7 or later with anything": Measure("back", day=7, after=True),
    "how many of pay took longer than 900 ms, a person": Measure("slow", "pay", threshold=900),
    "the share who went through the funnel open → pay": Measure("funnel", funnel=FUNNEL),
    "satisfied answers to csat, a person": Measure("satisfied", feedback="csat"),
}


@pytest.mark.parametrize("told", MEASURES)
def test_a_metric_is_told_by_what_is_counted(told):
    metric = Metric(1, "primary", "It", MEASURES[told], window_days=14)
    expected = f"{told}, within 14 days of the first exposure"
    assert words_measures.measured(metric) == expected


def test_a_guardrail_tells_its_margin_a_ratio_both_parts_and_a_cap_itself():
    parts = Measure("failures"), Measure("events")
    guard = Metric(1, "guardrail", "It", *parts, better="down", margin=0.02, cap=50, window_days=1)
    assert words_measures.measured(guard) == (
        "how often anything failed, a person, over how often anything happened, a person, within a "
        "day of the first exposure, at most 50 a person, 2% worse is borne"
    )


def test_for_whom_it_is_names_dimensions_and_segments():
    rules = (InDimension("plan", ("team", "")), InSegment(3, negated=True), InSegment(9))
    assert words_measures.audience(rules, {3: "Payers"}) == (
        "plan is team, (not set); not in the segment Payers; in the segment a segment that is gone"
    )
    assert words_measures.audience((), {}) == "everybody"


def test_the_plan_is_told_as_far_as_it_goes():
    plan = {"units": 20_000, "days": 14, "effect": 0.05, "power": 0.8}
    assert words_measures.planned(plan) == (
        "Planned: 20,000 people in about 14 days, to find a change of 5% with a power of 80%"
    )
    assert words_measures.planned({"units": 200}) == "Planned: 200 people"


def test_a_change_tells_what_was_and_what_is():
    before = {"name": "Old", "variants": [{"key": "A", "weight": 5_000}], "share_to": 10_000}
    after = {"name": "New", "variants": [{"key": "A", "weight": 2_500}], "share_to": 5_000}
    change = Change(DAY, None, "changed", {"before": before, "after": after}, "button")
    assert words_experiments.changed(change) == (
        "Changed. Name: Old → New; Variants: A 50% → A 25%; Share to: 100% → 50%"
    )
    made = Change(DAY, None, "created", {"before": {}, "after": {"name": "New"}}, "button")
    assert words_experiments.changed(made) == "Made"
    gone = Change(DAY, None, "deleted", {"before": before, "after": {}}, "button")
    assert words_experiments.changed(gone) == "Deleted"


def test_the_band_is_away_from_zero_since_the_day_it_left_for_good():
    days = pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"])
    rows = pd.DataFrame({"day": days, "low": [0.1, -0.1, 0.1, 0.2], "high": 0.5})
    assert words_experiments.course_title(rows) == "Away from zero since 3 Mar 2026"
    assert words_experiments.course_title(rows.head(2)) == "Not away from zero yet"
    assert words_experiments.course_title(rows.head(0)) == "How the change goes on"


@pytest.mark.parametrize(
    ("different", "told"), [(5, "as it should be"), (30, "more than chance explains")]
)
def test_an_a_a_test_says_whether_chance_explains_it(different, told):
    found = SelfTest(pd.DataFrame(), 100, different)
    assert words_trials.a_a_title(found, "Events") == (
        f"{different} of 100 splits look different in Events: {told}"
    )
    assert words_trials.a_a_title(SelfTest(pd.DataFrame(), 0, 0), "Events").endswith("yet")


@pytest.mark.parametrize(
    ("change", "rules", "told"),
    [
        ({}, (), "Everybody gets “on”."),
        ({"share_to": 2_500}, (), "25% of everybody get “on”, all others “off”."),
        (
            {},
            (InDimension("plan", ("pro",)),),
            "Those where plan is pro get “on”, all others “off”.",
        ),
        ({"killed": True}, (), "Everybody gets “off”."),
        ({"state": "stopped"}, (), "Everybody gets “off”."),
    ],
)
def test_a_flag_says_who_gets_what(change, rules, told):
    flag = replace(RUNNING, kind="flag", variants=BOTH, control="off", **change)
    assert words_flags.sentence(flag, rules, {}) == told
