"""What is held of a person and its erasure, in words."""

from collections.abc import Mapping

from ui import words

HELD = "In every project that knows who you are, also what you said there."
DOWNLOAD = (
    "Every row about you as JSON, up to 20,000 of a table; whoever runs the server can make a "
    "longer file."
)
ERASE = (
    "Your runs, events, feedback, votes and memberships go, in every project that knows who you "
    "are, and nothing can bring them back. Sums in which you were one of many stay. Your sign-in "
    "stays, and knows nothing of you."
)
UNCONFIRMED = "That is not your e-mail address; nothing was erased."
WAITING = "The erasure waits for the worker, which does it within seconds."


def receipt(counted: Mapping[str, int] | None) -> str:
    """What an erasure took away: "Erased: 342 rows of runs and 12 of feedback."; None: it waits."""
    if counted is None:
        return WAITING
    gone = [
        f"{number:,} of {table.replace('_', ' ')}" for table, number in counted.items() if number
    ]
    return f"Erased: {words.listing(gone)}." if gone else "Erased. There was nothing of you."
