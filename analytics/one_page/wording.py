"""Names as a report of one page writes them, and what stands where nothing is known."""

LONGEST = 42  # characters of a name
NONE = "\u2013"
CUT = "\u2026"
WORRIES = "What to look at"


def shortened(name: str) -> str:
    """A name in one line, cut where it is long."""
    line = " ".join(name.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + CUT
