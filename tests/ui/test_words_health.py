"""Health in words: what is worst comes first, and names are text."""

import pandas as pd
import pytest

from analytics.operations.health.burning import WINDOWS, Burn, budget
from analytics.operations.health.objectives import Slo, Standing
from ui import words_health

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
    ("states", "promised", "said"),
    [
        ({}, [], "Nothing is looked at yet"),
        ({"A": "up"}, [], "All that is looked at answers (1 probe)"),
        ({"A": "up", "B": "down"}, [], "B is down"),
        ({"A": "down", "B": "down"}, [], "A and B are down"),
        (dict.fromkeys("ABCDE", "down"), [], "A, B and 3 others are down"),
        ({"A": "silent"}, [], "Nothing is heard of A"),
        (
            {"A": "silent"},
            [standing(bad=30, long=30.0, short=30.0)],
            "Up: the error budget burns 30.0 times as fast as it may",
        ),
        ({"A": "up"}, [standing(bad=3)], "All answers, but Up was missed"),
        (
            {"A": "up"},
            [standing(bad=3), standing("Fast", bad=9)],
            "All answers, but Up and Fast were missed",
        ),
        (
            {"A": "up", "B": "paused"},
            [standing(bad=3)],
            "Up was missed; 1 of 2 probes is paused: nobody looks at B",
        ),
        ({"A": "paused", "B": "paused"}, [], "2 of 2 probes are paused: nobody looks at A and B"),
    ],
)
def test_the_worst_is_said_first(states, promised, said):
    assert words_health.verdict(probes(**states), promised) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.0, "100%"), (0.9995, "99.95%"), (0.999, "99.9%"), (0.0, "0%"), (None, "\u2013")],
)
def test_shares_near_one_have_the_digits_that_tell_them_from_it(value, said):
    assert words_health.share(value) == said


def test_a_budget_is_told_as_what_is_left_or_how_often_it_is_used_up():
    half, missed = standing(bad=0), standing(bad=15)
    assert words_health.facts(probes(A="up"), [half]) == [
        "Lowest uptime of 24 hours: 100%; no error budget is half used"
    ]
    told = words_health.facts(probes(A="up"), [missed])
    assert told == ["Up is missed: 15.0 times its error budget is used up"]


@pytest.mark.parametrize(
    ("known", "days", "earliest", "latest", "said"),
    [
        (False, None, None, None, "too early to tell"),
        (True, None, None, None, "not in sight"),
        (True, 40.0, 30.0, 62.0, "in 40 days (30 to 62)"),
        (True, 40.0, 30.0, None, "in 40 days (30 to more than 365)"),
    ],
)
def test_an_outlook_has_its_interval(known, days, earliest, latest, said):
    row = {"known": known, "days": days, "earliest": earliest, "latest": latest}
    frame = pd.DataFrame([row]).astype({name: float for name in row if name != "known"})
    assert words_health.outlook(frame.iloc[0]) == said


def test_sizes_are_told_in_their_unit():
    assert words_health.megabytes(12_340_000) == "12.3 MB"
    assert words_health.megabytes(4_560_000_000) == "4.56 GB"


def test_a_disk_that_is_nearly_full_is_no_calm():
    full = words_health.verdict(probes(A="up"), [], 0.89)
    assert full == "All answers, but a disk is 89.0% full"
    now = pd.DataFrame({"name": ["disk", "disk", "cpu"], "value": [0.2, 0.89, 1.0]})
    assert words_health.fullest(now) == 0.89


def test_probes_that_are_paused_are_told_beside_those_that_answer():
    told = words_health.probes_finding(probes(A="up", B="paused", C="paused"))
    assert told == "1 of 1 probe answer, 2 more are paused"


def test_a_probe_of_looplens_is_not_taken_for_the_project_s():
    known = probes(API="up").assign(of="Looplens")
    told = words_health.uptime_finding(known, known)
    assert told == "API (Looplens) was down most: 99.95% uptime in 30 days"
