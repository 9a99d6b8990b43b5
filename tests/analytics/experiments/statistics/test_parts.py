import numpy as np
import pandas as pd
import pytest

from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.parts import by_value
from analytics.experiments.statistics.sequential import anytime_p
from tests.analytics.experiments.statistics.samples import SHARE, row, share

DESIGN = Design({"a": 1, "b": 1}, "a", planned=8_000)


def parts(**successes):
    """Rows of 4,000 actors a value and variant."""
    return pd.DataFrame(
        [
            row(variant, share(4_000, count), value=value)
            for value, pair in successes.items()
            for variant, count in zip("ab", pair, strict=True)
        ]
    )


def test_an_effect_that_differs_between_parts_is_found():
    found = by_value(SHARE, DESIGN, parts(web=(400, 700), ios=(400, 404))).set_index("value")
    assert found["different"].tolist() == [True, True]  # each is the other's rest
    assert found.loc["web", "lift"] == pytest.approx(0.75)
    assert found.loc["web", "low"] > 0 > found.loc["ios", "low"]


def test_the_difference_is_as_certain_as_the_two_logarithms_of_ratios():
    found = by_value(SHARE, DESIGN, parts(web=(400, 560), ios=(400, 420)))
    logs = np.log([560 / 400, 420 / 400])
    errors = [sum(1 / y - 1 / 4_000 for y in (400, more)) for more in (560, 420)]
    square = (logs[0] - logs[1]) ** 2 / sum(errors)
    assert found["p"].tolist() == pytest.approx(
        [anytime_p(square, 16_000, 8_000, 0.05)] * 2, rel=0.01
    )


def test_the_same_relative_effect_on_other_levels_is_no_difference():
    found = by_value(SHARE, DESIGN, parts(web=(200, 260), ios=(2_000, 2_600)))
    assert not found["different"].any()
    assert found["lift"].tolist() == pytest.approx([0.3, 0.3])


def test_a_part_with_too_few_says_nothing():
    few = pd.DataFrame([row(v, share(60, 20), value="cli") for v in "ab"])
    found = by_value(SHARE, DESIGN, pd.concat([parts(web=(400, 420), ios=(400, 400)), few]))
    cli = found[found["value"] == "cli"].iloc[0]
    assert cli["n"] == 60
    assert np.isnan(cli["lift"])
    assert np.isnan(cli["p"])


def test_a_single_part_has_no_rest_to_differ_from():
    found = by_value(SHARE, DESIGN, parts(web=(400, 700)))
    assert found["lift"].notna().all()
    assert found["p"].isna().all()
    assert not found["different"].any()


def test_without_rows_the_columns_stay():
    found = by_value(SHARE, DESIGN, parts(web=(1, 1)).head(0))
    assert found.empty
    assert found["p"].dtype == "float64"
    assert found["different"].dtype == "bool"
