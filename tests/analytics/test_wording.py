"""Values in words."""

import pytest

from analytics.wording import amount, change, duration, money


@pytest.mark.parametrize(
    ("cents", "currency", "told"),
    [
        (1_686_000, "USD", "$16,860"),
        (4_680, "EUR", "€46.80"),
        (-250, "USD", "-$2.50"),
        (0, "GBP", "£0.00"),
        (1_234_567, "CHF", "CHF 12,346"),
        (980, "JPY", "JPY 980"),
        (1_500, "KWD", "KWD 1.500"),
        (None, "USD", "\u2013"),
        (float("nan"), "USD", "\u2013"),
    ],
)
def test_money_is_written_in_its_currency(cents, currency, told):
    assert money(cents, currency) == told


def test_every_cent_is_told_where_it_matters():
    assert money(1_686_001, "USD", exact=True) == "$16,860.01"
    assert money(-5, "EUR", exact=True) == "-€0.05"


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (0.0214, "share", "2.1%"),
        (340.0, "ms", "340 ms"),
        (1_240.0, "ms", "1.24 s"),
        (12_345, "events", "12,345"),
        (4.8, "min", "4.8 min"),
        (None, "share", "\u2013"),
    ],
)
def test_values_are_written_with_their_unit(value, unit, told):
    assert amount(value, unit) == told


def test_changes_have_a_sign_and_lengths_of_time_their_largest_unit():
    assert [change(0.124), change(-0.034), change(None)] == ["+12%", "-3.4%", "\u2013"]
    assert [duration(1.4), duration(7_300), duration(400_000)] == ["1.4 s", "2 h", "5 days"]
