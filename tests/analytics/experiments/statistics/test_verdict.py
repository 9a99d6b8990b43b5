from dataclasses import replace

import numpy as np
import pytest

from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.estimating import estimate
from analytics.experiments.statistics.split import check_split
from analytics.experiments.statistics.verdict import verdict
from tests.analytics.experiments.statistics.samples import MEAN, SHARE, exposed, share, sums

GUARDRAIL = replace(SHARE, id=2, role="guardrail", label="Stays", margin=0.02)
WEIGHTS = {"a": 1, "b": 1}


def found(successes, variant="b", metric=SHARE, n=2_000, planned=False):
    pair = share(n, n // 10), share(n, successes)
    design = Design(dict.fromkeys(("a", "b", "c"), 1), "a", planned=6_000)
    return estimate(metric, variant, design, pair, pair if planned else None)


def judged(*estimates, counts=(2_000, 2_000)):
    split = check_split(WEIGHTS, exposed(a=counts[0], b=counts[1]))
    return verdict(estimates, split, 0.5)


def test_nobody_was_exposed():
    assert judged(found(0, n=0), counts=(0, 0)).kind == "empty"


def test_a_broken_split_hides_the_winner():
    said = judged(found(400), counts=(2_000, 1_500))
    assert (said.kind, said.variant, said.early) == ("split", "", False)


@pytest.mark.parametrize("planned", [False, True])
def test_a_winner_is_named_and_whether_before_the_planned_size(planned):
    said = judged(found(400, planned=planned))
    assert (said.kind, said.variant, said.early) == ("better", "b", not planned)


def test_a_guardrail_that_is_not_held_is_unsettled_until_it_is():
    """Neither the one of which nothing is known, nor the one that may be half as bad again."""
    nobody = found(0, metric=replace(GUARDRAIL, label="Refunds"), n=0)
    open_ = found(200, metric=GUARDRAIL)
    assert judged(found(400), nobody, open_).unsettled == (nobody, open_)
    assert judged(found(400), found(400, metric=GUARDRAIL)).unsettled == ()
    assert judged(found(400, "b"), found(200, "c", GUARDRAIL)).unsettled == ()
    assert judged(found(205), nobody).unsettled == ()


def test_who_wins_after_the_planned_size_is_not_early():
    split = check_split(WEIGHTS, exposed(a=2_000, b=2_000))
    assert not verdict([found(400)], split, 1.2).early


def test_the_best_of_several_winners_is_named():
    assert judged(found(380, "b"), found(420, "c")).variant == "c"


def test_who_wins_but_breaks_a_guardrail_does_not_win():
    said = judged(found(400), found(100, metric=GUARDRAIL))
    assert (said.kind, said.variant) == ("guardrail", "b")
    assert [each.metric.label for each in said.broken] == ["Stays"]


def test_a_variant_without_a_broken_guardrail_may_still_win():
    said = judged(found(420, "b"), found(380, "c"), found(100, "b", GUARDRAIL))
    assert (said.kind, said.variant) == ("better", "c")
    assert said.broken[0].variant == "b"


def test_a_loser_is_one_only_if_no_variant_is_left():
    assert judged(found(100)).kind == "worse"
    assert judged(found(100, "b"), found(210, "c")).kind == "running"


def test_no_difference_is_running_before_the_planned_size_and_level_at_it():
    assert judged(found(205)).kind == "running"
    assert judged(found(205, planned=True)).kind == "level"


@pytest.mark.parametrize("few", [found(9, n=90), found(1_998)])
def test_too_few_for_a_conclusion(few):
    assert judged(few).kind == "few"


def test_what_can_not_be_compared_is_undefined():
    pair = sums(np.ones(500)), sums(np.full(500, 2.0))
    said = judged(estimate(MEAN, "b", Design(WEIGHTS, "a"), pair))
    assert said.kind == "undefined"
    assert said.estimate.gap == "flat"
