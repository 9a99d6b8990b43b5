"""A stretch of time in steps: how alerts ask for what they look at."""

from datetime import datetime
from typing import NamedTuple


class Steps(NamedTuple):
    """[start, end) in steps of so many minutes, the first of which begins at `start`."""

    start: datetime
    end: datetime
    minutes: int
