"""Durations as they are packed: the bins of a row, and how many fell into each, as bytes.

Bins are int2 and counts int4, big-endian, one after the other: as Postgres sends them, and as numpy
reads them without a look at any of them. Rows add up, strung together in any order.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    SmallInteger,
    cast,
    func,
    literal,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from analytics.periods import Instants
from db.request_stats import BIN, COUNT

PACKED = ("bins", "counts")
WIDTHS = {"bins": np.dtype(BIN).itemsize, "counts": np.dtype(COUNT).itemsize}  # bytes of one
NOTHING = literal(b"", LargeBinary)


def packed_bins(bin_: ColumnElement[int], n: ColumnElement[int]) -> list[ColumnElement[bytes]]:
    """SQL for `bins` and `counts` of a group that has each bin once, in their order."""
    sent = (func.int2send(cast(bin_, SmallInteger)), func.int4send(cast(n, Integer)))
    in_order = aggregate_order_by(NOTHING, bin_)
    return [
        func.string_agg(each, in_order, type_=LargeBinary).label(name)
        for each, name in zip(sent, PACKED, strict=True)
    ]


def strung_bins(rows: Any) -> list[ColumnElement[bytes]]:
    """SQL for `bins` and `counts` of all rows of a group, both in the same order."""
    return [func.string_agg(rows[name], NOTHING, type_=LargeBinary).label(name) for name in PACKED]


def each_bin(rows: Any) -> tuple[FromClause, ColumnElement[int], ColumnElement[int]]:
    """What to join rows with to have each of their bins, and SQL for the bin and its count.

    For few rows: Postgres takes a microsecond for each bin.
    """
    last = func.length(rows.bins, type_=Integer) // WIDTHS["bins"] - 1
    places = func.generate_series(0, last, type_=Integer).table_valued("place")
    each = places.render_derived("each").lateral()
    bin_, n = (_number(rows[name], each.c.place, WIDTHS[name]) for name in PACKED)
    return each, bin_.label("bin"), n.label("n")


def unpacked(rows: pd.DataFrame) -> tuple[Instants, NDArray[np.int64], NDArray[np.int64]]:
    """Of rows of at, sorted by it, bins and counts: at, bin and count of all that was counted."""
    if rows.empty:
        return np.empty(0, "datetime64[us]"), np.empty(0, np.int64), np.empty(0, np.int64)
    each = [_summed(*packed) for packed in zip(rows["bins"], rows["counts"], strict=True)]
    at = np.repeat(rows["at"].to_numpy("datetime64[us]"), [len(bins) for bins, _ in each])
    bins, counts = (np.concatenate(parts) for parts in zip(*each, strict=True))
    return at, bins, counts


def _summed(bins: bytes, counts: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The bins of a row in order, and how many are in each; none that counts 0."""
    place = np.frombuffer(bins, BIN).astype(np.int64)
    lowest = place.min(initial=0)
    n = np.bincount(place - lowest, np.frombuffer(counts, COUNT))
    filled = np.flatnonzero(n)
    return filled + lowest, n[filled].astype(np.int64)


def _number(
    packed: ColumnElement[bytes], place: ColumnElement[int], width: int
) -> ColumnElement[int]:
    """The signed number at a place among packed ones, the most significant byte first."""
    parts = [
        cast(func.get_byte(packed, place * width + byte), BigInteger) * 256 ** (width - 1 - byte)
        for byte in range(width)
    ]
    number: ColumnElement[int] = parts[0]
    for part in parts[1:]:
        number = number + part
    half = literal(256**width // 2, BigInteger)  # from where on bytes stand for a negative number
    signed: ColumnElement[int] = (number + half) % (2 * half) - half
    return signed
