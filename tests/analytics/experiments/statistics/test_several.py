import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from analytics.experiments.statistics.several import adjusted


def test_holm_multiplies_the_smallest_by_all_the_next_by_one_less():
    assert adjusted([0.01, 0.04, 0.03], "holm") == pytest.approx([0.03, 0.06, 0.06])


def test_benjamini_hochberg_multiplies_by_the_number_over_the_rank():
    assert adjusted([0.01, 0.04, 0.03], "bh") == pytest.approx([0.03, 0.04, 0.04])


def test_what_was_not_asked_does_not_count():
    assert adjusted([None, 0.02, None], "holm") == [None, 0.02, None]
    assert adjusted([], "bh") == []


@pytest.mark.parametrize(("method", "theirs"), [("holm", "holm"), ("bh", "fdr_bh")])
def test_they_are_those_of_statsmodels(method, theirs):
    values = np.random.default_rng(1).beta(0.3, 1, 20).tolist()
    assert adjusted(values, method) == pytest.approx(multipletests(values, method=theirs)[1])
