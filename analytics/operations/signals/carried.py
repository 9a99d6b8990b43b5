"""What probes found, minute by minute: each result counts until the next one, or is too old."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Seconds = NDArray[np.float64]
MINUTE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe found: `at` in seconds since the first minute, sorted, and whether it was up.

    A result tells nothing more after `lasts` seconds. The probe was made at `made`.
    """

    at: Seconds
    ok: Flags
    lasts: float
    made: float = -np.inf


@dataclass(frozen=True, slots=True)
class Stood:
    """How a probe stood in each minute; neither was before it was made."""

    is_down: Flags
    is_unknown: Flags


def stood(found: Found, minutes: int, looks: int) -> Stood:
    """Down in every minute that it was so in, after so many looks in a row failed.

    Until then what failed is unknown, as is what was not looked at for too long. It is up by what
    is known at the end of a minute.
    """
    is_down = _touched(found, _failed_in_a_row(found, looks), minutes)
    ends = (np.arange(minutes) + 1) * MINUTE
    last = np.searchsorted(found.at, ends, side="left") - 1
    is_up = last >= 0
    is_up[is_up] = found.ok[last[is_up]] & (ends[is_up] <= found.at[last[is_up]] + found.lasts)
    return Stood(is_down, ~is_down & ~is_up & (ends > found.made))


def _failed_in_a_row(found: Found, looks: int) -> Flags:
    """Which results are the last of so many that failed, with none missing between them."""
    failed = ~found.ok
    follows = np.concatenate([[False], np.diff(found.at) <= found.lasts])[: len(failed)]
    confirmed = failed
    for _ in range(looks - 1):
        before = np.concatenate([[False], confirmed])[: len(failed)]
        confirmed = failed & follows & before
    return confirmed


def _touched(found: Found, which: Flags, minutes: int) -> Flags:
    """The minutes in which one of these results counted for a while."""
    until = np.minimum(
        np.concatenate([found.at[1:], [np.inf]])[: len(which)], found.at + found.lasts
    )
    first = np.clip(np.floor(found.at[which] / MINUTE), 0, minutes).astype(int)
    beyond = np.clip(np.ceil(until[which] / MINUTE), 0, minutes).astype(int)
    steps = np.zeros(minutes + 1, int)
    np.add.at(steps, first, 1)
    np.add.at(steps, beyond, -1)
    touched: Flags = np.cumsum(steps)[:minutes] > 0
    return touched
