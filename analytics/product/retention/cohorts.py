"""Cohorts in arrays: who starts in which interval, and how many of them are back in which."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.measures.packs import Keys
from analytics.product.attendance import (
    Counts,
    Rows,
    attendance,
    or_later,
    shared,
    size,
    who,
)
from analytics.product.intervals import OUTSIDE


@dataclass(frozen=True, slots=True)
class Starts:
    """One entry for each actor in each of its cohorts.

    `actors` are the different keys (int64), `actor` an index into them (int64), `cohort` the number
    of the interval (int32), `cell` the dimensions of the start (int32).
    """

    actors: NDArray[np.int64]
    actor: NDArray[np.int64]
    cohort: NDArray[np.int32]
    cell: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Cohorts:
    """How many actors each cohort c has, and in [c, i] how many are back in interval i."""

    sizes: Counts
    back: Counts


def starts_of(keys: Keys, interval_of: NDArray[np.int32], *, recurring: bool) -> Starts:
    """The first start of each actor, or where `recurring` the first in each interval.

    A rollup knows days but no times: of several cells on the day of the start the one with the
    lowest id counts. `interval_of` gives the interval of each day. Actor, day and cell are sorted
    as the bits of one integer: a third of the time of a sort by three columns.
    """
    actor, actors = pd.factorize(keys.key)
    cell_bits, day_bits = (int(part.max(initial=0)).bit_length() for part in (keys.cell, keys.day))
    codes = actor << cell_bits + day_bits | keys.day.astype(np.int64) << cell_bits | keys.cell
    codes.sort()
    actor = codes >> cell_bits + day_bits
    cohort = interval_of[codes >> cell_bits & (1 << day_bits) - 1]
    first = np.ones(len(codes), np.bool_)
    first[1:] = actor[1:] != actor[:-1]
    if recurring:
        first[1:] |= cohort[1:] != cohort[:-1]
    first &= cohort != OUTSIDE
    cell = (codes[first] & (1 << cell_bits) - 1).astype(np.int32)
    return Starts(actors, actor[first], cohort[first], cell)


def only(starts: Starts, which: slice | NDArray[np.int64]) -> Starts:
    """Some of the starts."""
    return Starts(starts.actors, starts.actor[which], starts.cohort[which], starts.cell[which])


def rows_of(starts: Starts, keys: Keys, interval_of: NDArray[np.int32], intervals: int) -> Rows:
    """Which of the actors who start are seen in each interval, by these keys."""
    return attendance(
        who(starts.actors, keys.key), interval_of[keys.day], intervals, len(starts.actors)
    )


def cohorts(starts: Starts, back: Rows, *, later: bool) -> Cohorts:
    """The cohorts of these starts, against who is back when."""
    begun = attendance(starts.actor, starts.cohort, len(back), len(starts.actors))
    return Cohorts(size(begun), shared(begun, or_later(back) if later else back))
