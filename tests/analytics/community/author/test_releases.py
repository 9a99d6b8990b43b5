"""The release scorecard, the curve of versions and how far the newest is taken up."""

from datetime import date, timedelta

import pandas as pd
import pytest

from analytics.community.author.parts import Cell, Parts, Slice
from analytics.community.author.releases import CURVE, MODELS, SCORECARD, releases
from analytics.community.published import Sums
from analytics.measures.cutting import OTHER as REST

DAY = date(2026, 3, 1)


def at(day):
    return DAY + timedelta(days=day)


def on(day, version, n, failures=0, model="m1", mean=100.0, days=1):
    sums = Sums(n=n, failures=failures, timed=n, duration_sum=n * mean)
    return Slice(at(day), at(day + days - 1), version, model, sums)


def rated(version, n, score_sum):
    return Cell("ratings", "version", version, Sums(n=n, score_sum=score_sum))


def columns(frame):
    return {name: str(kind) for name, kind in frame.dtypes.items()}


def test_each_version_stands_against_the_last():
    slices = (
        on(0, "1.9.0", 300, 30),
        on(0, "1.10.0", 500, 10, mean=50.0),
        on(1, "2.0.0", 200, 2),
        on(1, "other", 40),
    )
    made = releases(Parts(slices, (rated("2.0.0", 20, 94), rated("1.10.0", 10, 43))), {})
    rows = made.scorecard.set_index("version")
    assert list(rows.index) == ["2.0.0", "1.10.0", "1.9.0"]
    assert rows["runs"].tolist() == [200, 500, 300]
    assert rows["share"].tolist() == pytest.approx([200 / 1040, 500 / 1040, 300 / 1040])
    assert rows["success"].tolist() == pytest.approx([0.99, 0.98, 0.9])
    assert rows["success_change"].tolist()[:2] == pytest.approx([0.01, 0.08])
    assert rows["duration_change"].tolist()[:2] == pytest.approx([1.0, -0.5])
    assert rows.loc["2.0.0", "rating_change"] == pytest.approx(0.4)
    assert rows.loc["1.9.0", ["success_change", "rating", "rating_change"]].isna().all()
    assert rows["ratings"].tolist() == [20, 10, 0]
    assert made.changes[0].against == "1.10.0"


def test_models_compare_what_both_versions_ran_on():
    slices = (
        on(0, "1.0", 100, 10, "m1"),
        on(0, "2.0", 50, 0, "m1"),
        on(0, "1.0", 100, 0, "m2"),
        on(0, "2.0", 90, 45, "m2"),
        on(0, "2.0", 999, 0, "m3"),
    )
    models = releases(Parts(slices), {}).models
    assert models["model"].tolist() == ["m2", "m1"]
    assert models["success_change"].tolist() == pytest.approx([-0.5, 0.1])
    assert models["share"].tolist() == pytest.approx([90 / 190, 50 / 150])


def test_the_curve_has_the_share_of_each_version_at_each_time():
    slices = (on(0, "1.0", 30), on(1, "1.0", 10, days=2), on(1, "2.0", 30, days=2))
    curve = releases(Parts(slices), {}).curve
    found = {(row.period.date(), row.series): row.value for row in curve.itertuples()}
    assert found == {
        (at(0), "2.0"): 0.0,
        (at(0), "1.0"): 1.0,
        (at(2), "2.0"): 0.75,
        (at(2), "1.0"): 0.25,
    }


def test_versions_beyond_what_a_chart_tells_apart_are_one_series():
    slices = [on(0, f"1.{minor}", 10) for minor in range(8)]
    curve = releases(Parts(tuple(slices)), {}).curve
    assert curve["series"].tolist() == ["1.7", "1.6", "1.5", "1.4", "1.3", "1.2", REST]
    assert curve["value"].sum() == pytest.approx(1)


def adopted(days=14, runs=1_000):
    """A version that half of those who are left take up in eleven days."""
    return tuple(
        part
        for day in range(days)
        for old in [round(runs * 2 ** (-day / 11))]
        for part in (on(day, "2.0", runs - old), on(day, "1.0", old))
        if part.runs.n
    )


def test_the_newest_version_is_followed_since_its_release():
    uptake = releases(Parts(adopted()), {"2.0": DAY}).uptake
    assert uptake.version == "2.0"
    assert uptake.since == DAY
    assert uptake.decline.half_life.value == pytest.approx(11, rel=0.02)
    assert uptake.share == pytest.approx(1 - 2 ** (-13 / 11), abs=0.01)


def test_a_version_without_a_release_date_counts_from_its_first_published_day():
    uptake = releases(Parts(adopted()), {}).uptake
    assert uptake.since == at(1)


def test_what_is_published_as_other_counts_neither_way():
    mixed = tuple(on(day, "other", 500) for day in range(14))
    uptake = releases(Parts((*adopted(), *mixed)), {"2.0": DAY}).uptake
    assert uptake == releases(Parts(adopted()), {"2.0": DAY}).uptake


def test_without_a_trend_the_share_is_that_of_the_last_seven_days():
    slices = (on(0, "1.0", 900), on(3, "1.0", 60), on(9, "2.0", 40))
    uptake = releases(Parts(slices), {}).uptake
    assert uptake.decline is None
    assert uptake.share == pytest.approx(0.4)
    assert uptake.runs == 100


def test_without_runs_frames_keep_their_columns():
    made = releases(Parts(), {})
    assert columns(made.scorecard) == SCORECARD
    assert columns(made.models) == MODELS
    assert columns(made.curve) == CURVE
    assert made.uptake is None
    assert made.changes == ()


def test_runs_without_a_version_are_no_release():
    made = releases(Parts((on(0, "", 10), on(0, "other", 5))), {})
    assert made.scorecard.empty
    assert made.uptake is None
    assert made.curve["series"].tolist() == [REST]


def test_the_day_of_the_release_stands_in_the_scorecard():
    made = releases(Parts((on(0, "1.0", 10),)), {"1.0": DAY})
    assert made.scorecard["released_on"].tolist() == [pd.Timestamp(DAY)]
