"""Sums of every window that ends with the last day, added up once, from that day back."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from analytics.community.sums import NUMBERS, Sums

K = TypeVar("K", bound=Hashable)
Numbers = NDArray[np.float64]  # a row of `NUMBERS` each; exact to 2 ** 53


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """Days, the oldest first, and for each the sums of all that begins then or later."""

    days: Sequence[date]
    sums: Numbers

    def since(self, day: date) -> Sums:
        """All that begins on this day or later."""
        place = bisect_left(self.days, day)
        return _sums(self.sums[place].tolist()) if place < len(self.days) else Sums()


def trail(days: Sequence[date], numbers: Numbers) -> Trail:
    """The trail of rows in the order of the days on which they begin."""
    return Trail(days, np.cumsum(numbers[::-1], axis=0)[::-1])


def trails(keys: Sequence[K], days: Sequence[date], numbers: Numbers) -> dict[K, Trail]:
    """The trail of each key."""
    places: dict[K, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return {key: trail([days[each] for each in at], numbers[at]) for key, at in places.items()}


def since(trails: Mapping[K, Trail], day: date) -> dict[K, Sums]:
    """What begins on a day or later, by the keys of which anything does."""
    return {key: each.since(day) for key, each in trails.items() if each.days[-1] >= day}


def together(keys: Sequence[K], numbers: Numbers) -> dict[K, Sums]:
    """The sums of each key."""
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    added = np.zeros((len(places), len(NUMBERS)))
    np.add.at(added, [places[key] for key in keys], numbers)
    return dict(zip(places, map(_sums, added.tolist()), strict=True))


def _sums(row: list[float]) -> Sums:
    *counts, duration = row
    numbers: list[Any] = [*map(int, counts), duration]
    return Sums(*numbers)
