"""Which model is offered in place of which, and what is said of it."""

import random
from dataclasses import replace

import pytest

from analytics.community.efficiency import ModelUse, swaps

SONNET = ModelUse("sonnet", 200, 4, 200, 200, 1_950.0, 400.0, 0.0)
GPT = ModelUse("gpt", 142, 5, 284, 142, 2_500.0, 400.0, 0.0)


def by_figure(*models):
    return {swap.figure: swap for swap in swaps(models)}


def test_the_golden_comparison_is_22_percent_less_time_and_not_28_faster():
    found = by_figure(SONNET, GPT)["time"]
    assert (found.model, found.instead_of) == ("sonnet", "gpt")
    assert found.saved == pytest.approx(0.22)
    assert found.words == "22% less time"
    assert found.low < 0.22 < found.high


def test_fewer_credits_are_found_as_well():
    found = by_figure(SONNET, GPT)["credits"]
    assert (found.value, found.value_instead, found.saved) == (1, 2, 0.5)
    assert found.words == "50% fewer credits"


def test_the_order_of_the_models_says_nothing():
    assert swaps([SONNET, GPT]) == swaps([GPT, SONNET])


def test_a_model_that_fails_more_often_is_not_offered():
    assert swaps([replace(SONNET, failures=60), GPT]) == ()


def test_a_model_is_offered_only_where_it_is_shown_not_to_fail_much_more_often():
    few = replace(SONNET, runs=40, timed=40, credits=40, failures=2)
    assert swaps([few, replace(GPT, failures=3)]) == ()
    many = replace(SONNET, runs=2_000, timed=2_000, credits=2_000, failures=100)
    used = replace(GPT, runs=2_000, timed=2_000, credits=4_000, failures=60)
    assert {swap.model for swap in swaps([many, used])} == {"sonnet"}


def test_a_model_that_fails_much_more_often_is_hardly_ever_offered():
    dice, offered = random.Random(7), 0
    for _ in range(400):
        fast, slow = (sum(dice.random() < rate for _ in range(40)) for rate in (0.2, 0.05))
        a = replace(SONNET, runs=40, timed=40, credits=40, failures=fast)
        b = replace(GPT, runs=40, timed=40, credits=80, failures=slow)
        offered += bool(swaps([a, b]))
    assert offered <= 400 * 0.025 + 2 * (400 * 0.025 * 0.975) ** 0.5


def test_what_is_known_of_success_is_told_with_its_interval():
    found = by_figure(SONNET, GPT)["time"]
    assert (found.success, found.success_instead) == (0.98, 137 / 142)
    assert -found.worse_by < found.success - found.success_instead < found.better_by


def test_a_difference_within_noise_is_none():
    noisy = replace(SONNET, duration_spread=9_000.0)
    assert "time" not in by_figure(noisy, GPT)


def test_the_more_models_are_compared_the_more_it_takes():
    close = replace(SONNET, duration_ms=2_410.0)
    others = [replace(GPT, model=f"m{n}", duration_ms=2_500.0) for n in range(6)]
    assert "time" in by_figure(close, GPT)
    assert "time" not in by_figure(close, GPT, *others)


@pytest.mark.parametrize("change", [{"runs": 29, "timed": 29}, {"model": ""}])
def test_a_model_that_was_hardly_tried_or_not_told_is_not_compared(change):
    assert swaps([replace(SONNET, **change), GPT]) == ()


def test_runs_without_durations_and_credits_are_no_comparison():
    untold = {"timed": 0, "duration_ms": None, "credits": 0}
    assert swaps([replace(SONNET, **untold), replace(GPT, **untold)]) == ()


def test_of_several_the_swap_that_saves_most_in_all_is_told():
    rare = replace(GPT, model="rare", runs=40, timed=40, duration_ms=2_900.0)
    assert by_figure(SONNET, GPT, rare)["time"].instead_of == "gpt"


def test_nothing_comes_of_nothing():
    assert swaps([]) == ()
    assert swaps([SONNET]) == ()
