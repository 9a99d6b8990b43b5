"""Machines and the database in words."""

import pandas as pd
import pytest

from ui import words_machines


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
    assert words_machines.outlook(frame.iloc[0]) == said


def test_sizes_are_told_in_their_unit():
    assert words_machines.megabytes(12_340_000) == "12.3 MB"
    assert words_machines.megabytes(4_560_000_000) == "4.56 GB"
