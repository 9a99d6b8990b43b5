"""What a funnel is called and tells in words, and what its chart draws."""

import pandas as pd
import pytest

from analytics.product.funnels.asking import Conversion
from analytics.product.funnels.definition import Funnel, steps_of
from analytics.product.funnels.frames import empty, times_frame
from ui import charts, words_funnels

FUNNEL = Funnel(steps_of("open~add!subject:eq:shoe~buy!.size:gt:9"))


def steps(actors, lost, maturing=(0, 0, 0)):
    return pd.DataFrame(
        {
            "step": [1, 2, 3],
            "event": ["open", "add", "buy"],
            "actors": actors,
            "conversion": [float(n) / (actors[0] or 1) for n in actors],
            "step_conversion": [float("nan"), 0.5, 0.5],
            "lost": lost,
            "maturing": maturing,
        }
    )


def found(steps, left_out=0):
    frames = [empty({}) for _ in range(3)]
    return Conversion(steps, *frames, left_out=left_out)


def test_a_step_is_called_by_its_event_and_conditions():
    names = ["1 open", "2 add \u00b7 shoe", "3 buy \u00b7 size greater than 9"]
    assert words_funnels.step_names(FUNNEL) == names


def test_in_any_order_steps_are_numbers():
    any_order = Funnel(FUNNEL.steps, "any")
    assert words_funnels.step_names(any_order) == ["1 of 3", "2 of 3", "3 of 3"]
    told = words_funnels.finding(steps([8, 4, 2], [4, 2, 0]), any_order)
    assert told == "25% do all of it; the biggest loss is after 1 of 3"


@pytest.mark.parametrize(
    ("actors", "lost", "maturing", "told"),
    [
        ([0, 0, 0], [0, 0, 0], [0, 0, 0], "Nobody takes the first step"),
        ([8, 8, 8], [0, 0, 0], [0, 0, 0], "100% come to buy \u00b7 size greater than 9"),
        (
            [8, 4, 2],
            [1, 2, 0],
            [3, 0, 0],
            "25% come to buy \u00b7 size greater than 9 so far; "
            "the biggest loss is before buy \u00b7 size greater than 9",
        ),
    ],
)
def test_the_title_says_the_conversion_and_the_biggest_loss(actors, lost, maturing, told):
    assert words_funnels.finding(steps(actors, lost, maturing), FUNNEL) == told


def test_who_is_maturing_or_left_out_is_told_apart():
    told = words_funnels.apart(found(steps([8, 4, 2], [1, 2, 0], [3, 0, 0]), left_out=2))
    assert told.startswith("3 may still come, as their windows are open: up to 62% in all.")
    assert told.endswith("2 left out by what must not happen in between.")
    assert words_funnels.apart(found(steps([8, 4, 2], [4, 2, 0]))) == ""


def test_the_bars_of_the_histogram_have_names_of_their_own():
    times = words_funnels.bars(times_frame(pd.Series([3.0, 70.0, 200_000.0]).to_numpy()))
    assert times["label"].iloc[0] == "under 10 s"
    assert times["label"].iloc[2] == "1 min \u2013 5 min"
    assert times["label"].iloc[-1] == "2 d \u2013 4 d"
    assert times["actors"].sum() == 3
    assert charts.histogram(
        times, label="label", count="actors", label_title="Time", count_title="People"
    ).rows["share"].sum() == pytest.approx(1)


def test_each_bar_ends_where_the_step_before_had_begun():
    told = words_funnels.named(steps([8, 4, 2], [1, 2, 0], [3, 0, 0]), FUNNEL)
    chart = charts.funnel(told, label="label")
    ends = chart.rows.groupby("label", sort=False)["end"].max()
    assert ends.tolist() == [8, 8, 4]
    assert chart.to_dict()["layer"]
    assert "4 \u00b7 50%" in chart.rows["number"].tolist()


def test_a_breakdown_is_told_by_its_best_and_worst_value():
    values = pd.DataFrame(
        {"value": ["web", "ios", "tv"], "entered": [90, 40, 2], "conversion": [0.1, 0.3, 1.0]}
    )
    told = words_funnels.values_finding(values)
    assert told == "\u201cios\u201d converts best with 30%, \u201cweb\u201d least with 10%"
    assert words_funnels.values_finding(values.head(1)) == "By the value at the first step"
