"""The reasons behind the state of systems: what is worst comes first, and names are text."""

import pandas as pd
import pytest

from analytics.operations.health.burning import WINDOWS, Burn, budget
from analytics.operations.health.objectives import Slo, Standing
from analytics.operations.health.system import SystemHealth
from ui import words, words_health

ROW = {"reason": "", "checked_at": pd.Timestamp("2026-03-02T10:05Z"), "uptime_day": 1.0}


def probes(**states):
    rows = [ROW | {"of": "project", "name": name, "state": state, "uptime_month": 0.9995}
            for name, state in states.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=["of", "name", "state", "uptime_month", *ROW])


def standing(name="Up", n=1_000, bad=0, long=0.0, short=0.0):
    slo = Slo(1, 1, name, "uptime", 1, "", "", None, 0.999, 30)
    burns = tuple(Burn(each, long, short, n, bad) for each in WINDOWS)
    return Standing(slo, budget(n, n - bad, 0.999, 30), burns)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.0, "100%"),
        (0.9995, "99.95%"),
        (0.999, "99.9%"),
        (0.0, "0%"),
        (None, "\u2013"),
        (0.99895, "99.895%"),
        (0.985465, "98.5%"),
        (0.571429, "57.1%"),
        (0.000601, "0.06%"),
        (0.017193, "1.7%"),
        (0.999999, "99.9999%"),
        (0.9999999, "100%"),
    ],
)
def test_shares_near_one_have_the_digits_that_tell_them_from_it(value, said):
    assert words.exact_share(value) == said


def test_a_budget_is_told_as_what_is_left_or_how_often_it_is_used_up():
    half, missed = standing(bad=0), standing(bad=15)
    assert words_health.facts(SystemHealth(), probes(A="up"), [half]) == [
        "Lowest uptime of 24 hours: 100%; no error budget is half used"
    ]
    told = words_health.facts(SystemHealth(), probes(A="up"), [missed])
    assert told == ["Up is missed: 15.0 times its error budget is used up"]


def test_what_is_down_is_told_with_its_reason_and_whose_it_is():
    down = probes(API="down").assign(of="Looplens", reason="It answers with 503.")
    (told,) = words_health.facts(SystemHealth(), down, [])
    assert told.replace("\\", "") == (
        "API (Looplens): It answers with 503. Last looked at 10:05 UTC."
    )


def test_what_fires_is_told_with_where_to_look():
    found = SystemHealth(firing=2, open_incidents=1)
    assert words_health.facts(found, probes(A="up"), []) == [
        "Open: 1 incident and 2 alerts, on the page of alerts"
    ]
