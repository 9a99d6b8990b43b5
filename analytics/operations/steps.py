"""A stretch of time in steps: how alerts ask for what they look at."""

from datetime import datetime, timedelta
from typing import NamedTuple


class Steps(NamedTuple):
    """[start, end) in steps of so many minutes, the first of which begins at `start`."""

    start: datetime
    end: datetime
    minutes: int

    def cuts(self) -> list[datetime]:
        """Where the steps begin, and where the last one ends, which is `end`."""
        step = timedelta(minutes=self.minutes)
        begun = range(-((self.start - self.end) // step))
        return [*(self.start + step * number for number in begun), self.end]
