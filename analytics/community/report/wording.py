"""Sums of money and ratios as the report writes them."""

from analytics.one_page import NONE


def money(value: float) -> str:
    """Dollars as people read them: $16,860 · $46.80 · -$2.50."""
    sign, value = ("-" if value < 0 else ""), abs(value)
    return f"{sign}${value:,.0f}" if value >= 100 else f"{sign}${value:,.2f}"


def cents(value: float) -> str:
    """Dollars that add up with those below and above them: $46.80 · $136.94."""
    return f"${value:,.2f}"


def times(value: float | None) -> str:
    """A ratio: 87.4x; a dash for none."""
    return NONE if value is None else f"{value:,.1f}x"
