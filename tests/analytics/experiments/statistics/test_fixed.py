import numpy as np
import pytest
from scipy.stats import ttest_ind

from analytics.experiments.statistics.fixed import fixed
from analytics.experiments.statistics.moments import arms
from tests.analytics.experiments.statistics.samples import sums


def read(a, b, covariate=False):
    return fixed(a, b, arms(a, b, covariate), 0.05)


def test_the_test_is_welchs():
    rng = np.random.default_rng(1)
    a, b = rng.gamma(2, size=150), rng.gamma(2.4, size=400)
    found, p = read(sums(a), sums(b))
    theirs = ttest_ind(b, a, equal_var=False)
    low, high = theirs.confidence_interval(0.95)
    assert p == pytest.approx(theirs.pvalue)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.difference == pytest.approx(b.mean() - a.mean())


def test_the_relative_interval_is_one_of_the_logarithm():
    rng = np.random.default_rng(2)
    a, b = rng.gamma(2, size=5_000), rng.gamma(2.2, size=5_000)
    found, _ = read(sums(a), sums(b))
    error = np.sqrt(a.var() / a.mean() ** 2 / a.size + b.var() / b.mean() ** 2 / b.size)
    log = np.log(b.mean() / a.mean())
    assert np.log1p(found.lift) == pytest.approx(log)
    ends = np.log1p([found.lift_low, found.lift_high])
    assert ends == pytest.approx([log - 1.96 * error, log + 1.96 * error], abs=1e-4)


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ([0, 0, 1, -1], [1, 2, 3, 2], "zero"),
        ([1, 2, 3, 2], [0, 0, 1, -1], "zero"),
        ([-5, -6, -7, -6], [-4, -5, -6, -5], "negative"),
        ([-5, -6, -7, -6], [4, 5, 6, 5], "negative"),
        ([9, -9, 9, -8], [5, 6, 5, 6], "near"),
    ],
)
def test_a_relative_effect_that_means_nothing_is_left_out_with_a_reason(a, b, reason):
    """tea-tasting answers nan, infinity, or ends in the wrong order."""
    found, p = read(sums(np.tile(a, 3)), sums(np.tile(b, 3)))
    assert found.no_lift == reason
    assert found.lift is found.lift_low is found.lift_high is found.log_error is None
    assert found.low < found.difference < found.high
    assert 0 < p <= 1
