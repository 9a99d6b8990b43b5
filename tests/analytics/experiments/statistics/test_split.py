import pandas as pd
import pytest

from analytics.experiments.statistics.split import check_split
from tests.analytics.experiments.statistics.samples import exposed


def test_a_split_that_luck_explains_is_not_wrong():
    split = check_split({"a": 5_000, "b": 5_000}, exposed(a=5_050, b=4_950))
    assert split.p == pytest.approx(0.3173, abs=1e-4)  # chi-squared of 1
    assert not split.wrong


def test_a_split_that_luck_does_not_explain_is_wrong():
    split = check_split({"a": 5_000, "b": 5_000}, exposed(a=5_300, b=4_700))
    assert split.wrong
    assert split.frame["expected"].tolist() == [5_000, 5_000]


def test_weights_need_not_be_equal():
    split = check_split({"a": 9_000, "b": 500, "c": 500}, exposed(a=901, b=48, c=51))
    assert not split.wrong
    assert split.frame["expected"].tolist() == [900, 50, 50]


def test_days_are_added_up_and_missing_variants_count_as_none():
    days = pd.concat([exposed(a=300), exposed(a=20)])
    split = check_split({"a": 1, "b": 1}, days)
    assert split.frame["n"].tolist() == [320, 0]
    assert split.wrong


def test_of_nobody_nothing_is_said():
    split = check_split({"a": 1, "b": 1}, exposed(a=0, b=0).head(0))
    assert (split.n, split.p, split.wrong) == (0, None, False)
    assert split.frame["n"].tolist() == [0, 0]


def test_of_a_handful_nothing_is_said():
    assert check_split({"a": 1, "b": 1}, exposed(a=8, b=1)).p is None


def test_somebody_in_a_variant_without_weight_is_wrong():
    assert check_split({"a": 1, "b": 1, "c": 0}, exposed(a=50, b=50, c=1)).wrong
    assert not check_split({"a": 1, "b": 1, "c": 0}, exposed(a=50, b=50)).wrong
