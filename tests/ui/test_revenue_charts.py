"""The waterfall and the outlook: where bars begin and end, and what is dashed."""

import pandas as pd
import pytest

from ui import charts
from ui.revenue import bridge, bridge_frame
from ui.revenue_customers import cohort_averages, cohort_cells

MONTHS = pd.DataFrame(
    {
        "start": [1_000, 1_500],
        "new": [800, 0],
        "expansion": [0, 300],
        "reactivation": [0, 0],
        "contraction": [100, 0],
        "churn": [200, 600],
        "end": [1_500, 1_200],
    }
)


def test_bars_begin_where_the_ones_before_ended():
    totals = bridge(MONTHS)
    rows = charts.waterfall(bridge_frame(totals, "EUR"), title="MRR").rows
    assert rows["label"].tolist()[0] == "Start"
    assert rows["label"].tolist()[-1] == "End"
    assert rows["start"].tolist() == [0, 10, 18, 21, 21, 20, 0]
    assert rows["end"].tolist() == [10, 18, 21, 21, 20, 12, 12]
    assert rows["end"].iloc[-2] == rows["end"].iloc[-1], "the bridge holds"


def test_what_was_lost_is_told_by_sign_and_not_by_colour_alone():
    rows = charts.waterfall(bridge_frame(bridge(MONTHS), "EUR"), title="MRR").rows
    told = dict(zip(rows["label"], zip(rows["number"], rows["tone"], strict=True), strict=True))
    assert told["New"] == ("+€8.00", "better")
    assert told["Churn"] == ("-€8.00", "worse")
    assert told["End"] == ("€12.00", "plain")


def waterfall(*amounts):
    """The chart of a total, movements and what they make of it."""
    all_of = [*amounts, sum(amounts)]
    kinds = ["total", *["moved"] * (len(amounts) - 1), "total"]
    rows = {"label": [*map(str, range(len(kinds)))], "amount": all_of, "kind": kinds}
    return charts.waterfall(pd.DataFrame(rows).assign(number=""), title="MRR")


def test_bars_carry_their_numbers_where_there_is_room():
    rows = waterfall(12_136, 17_736.4, -45, 0, 2.5).rows
    assert rows["short"].tolist() == ["12,136", "+17,736", "-45", "0", "+2.5", "29,830"]
    assert waterfall(1_234_567, -150_000).rows["short"].tolist() == ["1,235K", "-150K", "1,085K"]
    text = waterfall(12_136, 17_736).to_dict()["layer"][1]
    assert text["encoding"]["text"]["field"] == "short"
    assert text["mark"]["opacity"] == {"expr": "width / 3 < 35 ? 0 : 1"}


def test_small_movements_of_a_large_total_are_seen():
    chart = waterfall(26_539, 2_900, -700)
    assert chart.rows["start"].tolist() == [20_000, 26_539, 29_439, 20_000]
    assert '"MRR, from 20,000"' in chart.spec
    assert waterfall(1_000, 800, -200).rows["start"].iloc[0] == 0
    assert waterfall(500, 0).rows["start"].iloc[0] == 0
    assert waterfall(0, 500).rows["start"].iloc[0] == 0


def test_a_bridge_over_no_months_is_empty():
    totals = bridge(MONTHS.head(0))
    assert set(totals.values()) == {0}
    assert charts.waterfall(bridge_frame(totals, "EUR"), title="MRR").to_dict()


@pytest.mark.parametrize(("currency", "end"), [("EUR", 12), ("JPY", 1_200), ("KWD", 1.2)])
def test_amounts_are_in_units_of_their_currency(currency, end):
    assert bridge_frame(bridge(MONTHS), currency)["amount"].iloc[-1] == end


def course(ahead):
    months = pd.date_range("2026-01", periods=len(ahead), freq="MS", unit="s")
    rows = {"month": months, "value": 10.0, "low": 8.0, "high": 12.0, "ahead": ahead}
    return pd.DataFrame(rows)


def test_the_dashed_line_begins_at_the_last_month_that_was():
    rows = charts.outlook(course([0, 0, 1, 2]), title="MRR").rows
    assert rows["part"].tolist() == ["past", "past", "ahead", "ahead", "ahead"]
    joint = rows.iloc[2]
    assert joint["when"] == "Feb 2026"
    assert joint["low"] == joint["value"] == joint["high"]


@pytest.mark.parametrize("ahead", [[], [0], [0, 0]])
def test_without_a_forecast_there_is_only_what_was(ahead):
    chart = charts.outlook(course(ahead), title="MRR")
    assert set(chart.rows["part"]) <= {"past"}
    assert chart.to_dict()


def test_a_specification_does_not_depend_on_the_rows():
    one, other = (charts.outlook(course([0, 1][:n]), title="MRR").spec for n in (1, 2))
    assert one is other


def test_cohorts_weigh_by_what_they_began_with_and_leave_out_what_is_not_over():
    rows = pd.DataFrame(
        {
            "cohort": pd.to_datetime(["2026-01-01"] * 3 + ["2026-02-01"] * 2),
            "number": [0, 1, 2, 0, 1],
            "mrr": [10_000, 5_000, 5_000, 30_000, 33_000],
            "mrr_share": [1.0, 0.5, 0.5, 1.0, 1.1],
            "complete": [True, True, False, True, True],
        }
    )
    cells = cohort_cells(rows, "EUR")
    assert cells["size"].tolist() == [100, 100, 100, 300, 300]
    averages = cohort_averages(cells)
    assert averages["share"].tolist() == [1.0, (50 + 330) / 400]
    assert averages["cohorts"].tolist() == [2, 2]
    drawn = charts.heat(averages, cells, grain="month", named=charts.Named("MRR")).rows
    assert "Jan 2026 \u00b7 100" in drawn["row"].tolist()
