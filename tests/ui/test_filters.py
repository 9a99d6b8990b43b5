"""The presets of the range."""

from datetime import date

import pytest

from ui.filters import range_of


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("7d", date(2026, 3, 25)),
        ("28d", date(2026, 3, 4)),
        ("month", date(2026, 3, 1)),
        ("12m", date(2025, 4, 1)),
    ],
)
def test_a_preset_ends_with_today(name, start):
    assert range_of(name, date(2026, 3, 31)) == (start, date(2026, 4, 1))
