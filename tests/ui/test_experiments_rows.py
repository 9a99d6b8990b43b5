"""What the estimates of an experiment give to take away."""

import pytest

from analytics.experiments.definition import Measure, Metric
from analytics.experiments.statistics import Effect, Estimate
from ui.cards import csv_of
from ui.experiments_rows import LIFTS, lift_rows, number_rows

DONE = Metric(1, "primary", "Done, at last", Measure("did"), unit="share")
WHOLE = {**dict.fromkeys(Effect.__slots__, 0.5), "n": 500, "n_control": 500, "no_lift": ""}
EFFECT = Effect(**WHOLE | {"lift": 0.25, "lift_low": 0.125, "lift_high": 0.375})


def test_a_lift_is_taken_away_with_its_metric_and_variant_apart():
    rows = lift_rows([Estimate(DONE, "brief", now=EFFECT, anytime=0.001)])
    assert csv_of(rows[LIFTS]).splitlines() == [
        "metric,variant,says,value,low,high",
        '"Done, at last",brief,better,0.25,0.125,0.375',
    ]


@pytest.mark.parametrize(
    ("adjusted", "named", "not_named"), [(0.02, "p_adjusted", "p"), (0.01, "p", "p_adjusted")]
)
def test_a_p_value_is_named_adjusted_where_it_is(adjusted, named, not_named):
    tested = Estimate(DONE, "brief", planned=EFFECT, p_value=0.01, adjusted=adjusted)
    rows = number_rows([tested, Estimate(DONE, "other", "nobody")])
    assert rows[named].tolist()[0] == f"{adjusted:.3f}"
    assert not_named not in rows
