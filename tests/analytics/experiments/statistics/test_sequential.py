import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from analytics.experiments.statistics.effects import effect
from analytics.experiments.statistics.moments import arms
from analytics.experiments.statistics.sequential import anytime_p, sequential, width
from tests.analytics.experiments.statistics.samples import sums


def robbins(n, rho, level):
    """The half-width in standard errors as the paper writes it, times sqrt(n)."""
    inner = 2 * (n * rho**2 + 1) / (n**2 * rho**2)
    return math.sqrt(n * inner * math.log(math.sqrt(n * rho**2 + 1) / level))


@pytest.mark.parametrize("level", [0.01, 0.05, 0.1])
def test_the_width_is_the_papers_with_the_best_rho_for_the_planned_size(level):
    best = minimize_scalar(
        lambda rho: robbins(8_000, rho, level), bounds=(1e-4, 1), method="bounded"
    )
    assert width(8_000, 8_000, level) == pytest.approx(best.fun, rel=1e-6)
    assert width(900, 8_000, level) == pytest.approx(robbins(900, best.x, level), rel=1e-3)


def test_intervals_for_any_moment_are_wider_than_fixed_ones_by_a_half_at_the_planned_size():
    assert width(5_000, 5_000, 0.05) / 1.96 == pytest.approx(1.55, abs=0.01)
    assert width(100, 5_000, 0.05) > width(5_000, 5_000, 0.05) < width(500_000, 5_000, 0.05)


@pytest.mark.parametrize("n", [300, 5_000, 60_000])
def test_the_p_value_is_the_level_at_the_edge_of_the_interval(n):
    edge = width(n, 5_000, 0.05)
    assert anytime_p(edge**2, n, 5_000, 0.05) == pytest.approx(0.05)
    assert anytime_p((1.01 * edge) ** 2, n, 5_000, 0.05) < 0.05
    assert anytime_p(0.0, n, 5_000, 0.05) == 1


def test_the_relative_interval_has_the_same_width_on_the_logarithmic_scale():
    rng = np.random.default_rng(1)
    both = arms(sums(rng.gamma(2, size=500)), sums(rng.gamma(2.5, size=500)), covariate=False)
    found, plain = sequential(both, 1_000, 0.05), effect(both, 1.0)
    times = width(1_000, 1_000, 0.05)
    assert math.log1p(found.lift_high) - math.log1p(found.lift) == pytest.approx(
        times * plain.log_error
    )
    assert found.high - found.difference == pytest.approx(times * plain.error)
