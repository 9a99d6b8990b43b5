"""Who was there in which interval, as bitmaps: one bit an actor, so that sets meet by the word.

These are bitmap indexes (O'Neil & Quass, 1997): what people of one interval do in another is an
AND of two rows and a count of bits.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.product.intervals import OUTSIDE

Rows = NDArray[np.uint64]  # (intervals, words): bit a of a row is actor a
Counts = NDArray[np.int64]
WORD = 64


def who(actors: NDArray[np.int64], key: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each key is among the different `actors`; OUTSIDE for one who is not."""
    return pd.Index(actors).get_indexer(pd.Index(key)).astype(np.int64)


def attendance(
    actor: NDArray[np.int64], interval: NDArray[np.int32], intervals: int, actors: int
) -> Rows:
    """A row of bits an interval; entries outside of the intervals or of nobody are left out."""
    known = (interval != OUTSIDE) & (actor != OUTSIDE)
    actor, interval = actor[known], interval[known]
    order = np.argsort(interval, kind="stable")
    bounds = np.searchsorted(interval[order], np.arange(intervals + 1))
    rows = np.zeros((intervals, -(-actors // WORD) * WORD // 8), np.uint8)
    for row, (start, end) in zip(rows, pairwise(bounds.tolist()), strict=True):
        present = np.zeros(len(row) * 8, np.bool_)
        present[actor[order[start:end]]] = True
        row[:] = np.packbits(present)
    return rows.view(np.uint64)


def size(rows: NDArray[Any]) -> Counts:
    """How many actors are in each row."""
    counted: Counts = np.bitwise_count(rows).sum(axis=-1, dtype=np.int64)
    return counted


def or_later(rows: Rows) -> Rows:
    """Who was there in an interval or in any that follows."""
    found: Rows = np.bitwise_or.accumulate(rows[::-1], axis=0)[::-1]
    return found


def shared(left: Rows, right: Rows) -> Counts:
    """For each pair of intervals (c, i >= c) how many are in row c of one and row i of the other.

    A square of counts; 0 below its diagonal.
    """
    found = np.zeros((len(left), len(right)), np.int64)
    for place, row in enumerate(left):
        found[place, place:] = size(row & right[place:])
    return found
