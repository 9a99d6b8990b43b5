"""When something that grows will be full: a straight line that outliers don't bend.

The slope is that of Theil and Sen, with its 95 % interval: `analytics.measures.slopes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.measures.slopes import slopes

FEWEST_DAYS = 7
HORIZON = 365.0  # days; what is further away is not in sight


@dataclass(frozen=True, slots=True)
class Outlook:
    """How much is added a day, and in how many days it is full.

    `days` is None where that is not in sight: there is no growth beyond chance, or it is more than
    a year away. `latest` is None where the slowest growth that fits does not end within a year.
    `known` is False where there are too few days to tell.
    """

    known: bool
    per_day: float | None = None
    days: float | None = None
    earliest: float | None = None
    latest: float | None = None


def outlook(days: Sequence[float], values: Sequence[float], limit: float) -> Outlook:
    """When values at these days (numbers, ascending) reach the limit, from the last one on."""
    if len(days) < FEWEST_DAYS:
        return Outlook(known=False)
    slope, low, high = slopes(days, values)
    room = limit - values[-1]
    if room <= 0:
        return Outlook(True, slope, 0.0, 0.0, 0.0)
    reached = _in_sight(room, slope)
    if low <= 0 or reached is None:
        return Outlook(True, slope)
    return Outlook(True, slope, reached, room / high, _in_sight(room, low))


def _in_sight(room: float, per_day: float) -> float | None:
    days = room / per_day if per_day > 0 else HORIZON + 1
    return days if days <= HORIZON else None
