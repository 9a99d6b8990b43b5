import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tea_tasting import RatioOfMeans

from analytics.experiments.statistics.fixed import aggregates
from analytics.experiments.statistics.moments import Sums, arms, sums_of
from tests.analytics.experiments.statistics.samples import row, share, sums
from tests.thorough import cases


def test_means_and_covariances_are_those_of_the_actors():
    rng = np.random.default_rng(1)
    actors = rng.gamma(2, size=(4, 50))
    moments = sums(*actors).moments
    assert moments.means == pytest.approx(actors.mean(axis=1))
    assert moments.covariance == pytest.approx(np.cov(actors))


@settings(max_examples=cases(30), deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=20), st.integers(1, 3))
def test_sums_of_parts_add_up_to_the_whole(values, cut):
    whole = sums(values)
    parts = sums(values[:cut]) + sums(values[cut:])
    assert parts.n == whole.n
    assert parts.yy == pytest.approx(whole.yy)
    assert (whole - sums(values[:cut])).y == pytest.approx(sums(values[cut:]).y, abs=1e-6)


def test_rows_of_a_variant_are_added_up():
    frame = pd.DataFrame([row("a", share(10, 3)), row("b", share(9, 2)), row("a", share(5, 1))])
    assert sums_of(frame) == {"a": share(10, 3) + share(5, 1), "b": share(9, 2)}


@pytest.mark.parametrize("constant", [0.1, 1 / 3, 1e9 + 0.1])
def test_what_is_the_same_for_all_has_no_variance_though_floats_round(constant):
    """Added up one by one, as Postgres does."""
    n = 100_000
    y = float(np.cumsum(np.full(n, constant))[-1])
    yy = float(np.cumsum(np.full(n, constant**2))[-1])
    lone = Sums(n, y, n, 0.0, n, yy, y, 0.0, y, n, 0.0, n, 0.0, 0.0, n)
    assert arms(lone, lone, covariate=False).flat


def test_a_small_spread_around_a_large_mean_is_still_a_spread():
    rng = np.random.default_rng(2)
    lone = sums(1_000 + rng.normal(0, 1, 5_000))
    both = arms(lone, lone, covariate=False)
    assert not both.flat
    assert both.control.variance == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("is_ratio", [False, True])
@pytest.mark.parametrize("covariate", [False, True])
def test_arms_agree_with_tea_tasting(is_ratio, covariate):
    control, treatment = (_actors(seed, is_ratio) for seed in (3, 4))
    both = arms(control, treatment, covariate)
    metric = RatioOfMeans("y", "d", *(("x", "z") if covariate else ()))
    theirs = metric.analyze_aggregates(aggregates(control), aggregates(treatment))
    assert both.control.mean == pytest.approx(theirs.control)
    assert both.treatment.mean == pytest.approx(theirs.treatment)
    error = theirs.effect_size / theirs.statistic
    assert both.error**0.5 == pytest.approx(error)


def test_the_adjustment_takes_out_what_the_past_explains():
    """1 - rho^2 is left of the variance (Deng and others 2013, section 3.2)."""
    rng = np.random.default_rng(5)
    past = rng.normal(10, 2, size=(2, 20_000))
    now = 0.6 * past + rng.normal(0, 1.6, size=past.shape)  # rho = 1.2 / 2
    both = arms(*(sums(y, 1, x) for y, x in zip(now, past, strict=True)), covariate=True)
    assert both.reduction == pytest.approx(0.6**2, abs=0.015)


def test_a_past_of_nobody_adjusts_nothing():
    rng = np.random.default_rng(6)
    lone = sums(rng.normal(1, 1, 500), 1, 0)
    assert arms(lone, lone, covariate=True).reduction is None


def test_the_past_of_a_few_is_too_rough_for_a_ratio():
    rng = np.random.default_rng(7)
    had_past = np.arange(2_000) < 20
    d = rng.poisson(5, 2_000) + 1
    y, x = rng.binomial(d, 0.1), np.where(had_past, 1, 0)
    lone = sums(y, d, x, np.where(had_past, 3, 0))
    assert arms(lone, lone, covariate=True).reduction is None


def _actors(seed, is_ratio):
    rng = np.random.default_rng(seed)
    level = rng.gamma(2, size=800)
    z, d = rng.poisson(5 * level) + 1, rng.poisson(5 * level) + 1
    if is_ratio:
        return sums(rng.binomial(d, 0.2), d, rng.binomial(z, 0.2), z)
    return sums(d, 1, z, 1)


def test_two_flat_arms_have_no_variance_to_take_a_part_of():
    """All of one did it once, all of the other twice, whatever they did before."""
    past = np.random.default_rng(4).poisson(3, 200)
    both = arms(sums(np.ones(200), x=past), sums(np.full(200, 2.0), x=past), covariate=True)
    assert both.flat
    assert both.reduction is None
