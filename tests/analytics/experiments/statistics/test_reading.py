from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.reading import reading
from tests.analytics.experiments.statistics.samples import SHARE, exposed, row, share
from tests.thorough import thorough

DESIGN = Design({"a": 5_000, "b": 5_000}, "a", planned=2_000)
DAYS = ["2026-03-02", "2026-03-03", "2026-03-04"]


def days(*successes, n=600, metric=1):
    """Rows of as many days, with so many successes in a and in b."""
    return pd.DataFrame(
        [
            row(variant, share(n, count), metric, day)
            for day, pair in zip(DAYS, successes, strict=False)
            for variant, count in zip("ab", pair, strict=True)
        ]
    )


def read(sums, design=DESIGN, metrics=(SHARE,), today=None):
    arrived = exposed(**dict.fromkeys(design.weights, 2_000))
    return reading(metrics, design, sums, arrived, today)


def test_p_values_appear_on_the_day_that_reaches_the_planned_size():
    before, after = read(days((60, 90))), read(days((60, 90), (60, 90)))
    assert before.estimates[0].p_value is None
    assert before.verdict.progress == pytest.approx(0.6)
    assert after.estimates[0].p_value == pytest.approx(0.0004, abs=2e-4)
    assert after.estimates[0].planned.n == 1_200


def test_days_after_the_planned_size_do_not_change_the_test_any_more():
    """Else looking every day would be peeking again."""
    at_plan = read(days((60, 90), (60, 90))).estimates[0]
    later = read(days((60, 90), (60, 90), (300, 0))).estimates[0]
    assert later.planned == at_plan.planned
    assert later.p_value == at_plan.p_value
    assert later.now.n == 1_800


def test_a_day_that_is_not_over_is_not_read_at_the_plan():
    """Else each count of that day would be one more look."""
    rows = days((60, 90), (60, 90))
    at_noon = read(rows, today=date(2026, 3, 3))
    assert at_noon.estimates[0].p_value is None
    assert at_noon.estimates[0].now.n == 1_200
    assert at_noon.verdict.progress == pytest.approx(1.2)
    next_day = read(rows, today=date(2026, 3, 4)).estimates[0]
    assert (next_day.read_on, next_day.read_people) == (date(2026, 3, 3), 2_400)


def test_the_planned_day_waits_for_a_hundred_people_of_both_variants():
    small = replace(DESIGN, planned=200)
    first = [row("a", share(95, 40), day=DAYS[0]), row("b", share(110, 60), day=DAYS[0])]
    later = [row("a", share(900, 360), day=DAYS[1]), row("b", share(900, 540), day=DAYS[1])]
    found = read(pd.DataFrame(first + later), small)
    assert found.estimates[0].read_on == date(2026, 3, 3)
    assert found.verdict.kind == "better"


def test_a_variant_that_nobody_comes_to_does_not_hold_up_the_others():
    rows = [row("a", share(1_000, 100)), row("b", share(1_000, 150))]
    first, second = read(
        pd.DataFrame(rows), replace(DESIGN, weights={"a": 1, "b": 1, "c": 0})
    ).estimates
    assert first.read_people == 2_000
    assert (second.gap, second.read_on) == ("nobody", None)


def test_what_was_too_rare_at_the_plan_is_read_by_intervals_for_any_moment():
    rows = days((3, 9)), days((3, 9), (500, 900), n=50_000).tail(2)
    found = read(pd.concat(rows), replace(DESIGN, planned=1_000)).estimates[0]
    assert (found.gap, found.planned, found.read_people) == ("", None, None)
    assert found.sequential
    assert found.direction == "better"


def test_without_a_plan_there_are_intervals_for_any_moment_only():
    found = read(days((60, 90), (60, 90)), replace(DESIGN, planned=None))
    assert found.estimates[0].p_value is None
    assert found.estimates[0].now is not None
    assert found.verdict.progress is None


def test_each_treatment_is_compared_with_the_control_and_corrected_for_the_other():
    rows = [row(v, share(1_000, k)) for v, k in (("a", 100), ("b", 130), ("c", 132))]
    design = Design({"c": 1, "a": 1, "b": 1}, "a", planned=3_000)
    first, second = read(pd.DataFrame(rows), design).estimates
    assert (first.variant, second.variant) == ("c", "b")
    assert first.adjusted == pytest.approx(2 * first.p_value)
    assert second.adjusted == pytest.approx(max(second.p_value, 2 * first.p_value))


def test_other_metrics_are_corrected_among_themselves():
    others = [replace(SHARE, id=number, role="secondary") for number in (2, 3)]
    rows = pd.concat(
        [days((60, 90), (60, 90)), *(days((60, 80), (60, 80), metric=m.id) for m in others)]
    )
    primary, second, third = read(rows, metrics=(SHARE, *others)).estimates
    assert primary.adjusted == primary.p_value
    assert second.adjusted == pytest.approx(second.p_value)  # 2 p / 2, both are the same
    assert third.adjusted == pytest.approx(second.adjusted)


def test_harm_is_corrected_for_the_other_guardrails():
    guard = replace(SHARE, role="guardrail", margin=0.0)
    guards = [replace(guard, id=number) for number in range(2, 7)]
    harmed = days((150, 110), (150, 110), metric=2)
    calm = [days((60, 60), (60, 60), metric=each.id) for each in guards[1:]]
    alone = read(pd.concat([days((60, 90), (60, 90)), harmed]), metrics=(SHARE, guards[0]))
    among = read(pd.concat([days((60, 90), (60, 90)), harmed, *calm]), metrics=(SHARE, *guards))
    assert among.estimates[1].harm == pytest.approx(5 * alone.estimates[1].harm)
    assert alone.estimates[0].harm is None
    assert alone.verdict.kind == "guardrail"


@thorough
@pytest.mark.parametrize("planned", [2_000, 4_000, None])
def test_a_guardrail_breaks_where_its_interval_leaves_the_margin(planned):
    """One guardrail has the level of the interval that is shown, but early the stricter one."""
    guard, design = (
        replace(SHARE, id=2, role="guardrail", margin=0.1),
        replace(DESIGN, planned=planned),
    )
    level = replace(design, level=design.early_level) if planned == 4_000 else design
    kinds = set()
    for successes in range(80, 20, -1):
        rows = pd.concat(
            [days((90, 90), (90, 90)), days((90, successes), (90, successes), metric=2)]
        )
        harmed = read(rows, design, (SHARE, guard)).estimates[1]
        shown = read(rows, level, (SHARE, guard)).estimates[1].effect
        kinds.add(harmed.broken)
        if abs(shown.lift_high + 0.1) > 0.01:
            assert harmed.broken == (shown.lift_high < -0.1)
    assert kinds == {True, False}


def test_a_gap_asks_no_question():
    """A metric that has nothing to say makes the others no less certain."""
    other = replace(SHARE, id=2, role="secondary")
    third = replace(SHARE, id=3, role="secondary")
    rows = [days((60, 80), (60, 80), metric=2), days((0, 1), (0, 1), metric=3)]
    found = read(pd.concat([days((60, 90), (60, 90)), *rows]), metrics=(SHARE, other, third))
    assert found.estimates[2].gap == "rare"
    assert found.estimates[2].adjusted is None
    assert found.estimates[1].adjusted == found.estimates[1].p_value


def test_of_nobody_nothing_is_said():
    found = reading((SHARE,), DESIGN, days((0, 0)).head(0), exposed(a=0, b=0))
    assert found.estimates[0].gap == "nobody"
    assert found.verdict.kind == "empty"
    assert found.verdict.progress == 0
