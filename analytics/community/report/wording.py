"""Names, sums of money and ratios as the report writes them."""

LONGEST = 42  # characters of a name
NONE = "\u2013"
CUT = "\u2026"


def shortened(name: str) -> str:
    """A name in one line, cut where it is long."""
    line = " ".join(name.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + CUT


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
