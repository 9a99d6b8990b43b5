"""How the rows of a rollup meet the periods and the breakdown of a question."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    LargeBinary,
    Select,
    cast,
    func,
    literal,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.filters import NOT_SET, Filters
from analytics.periods import Instants, Period, instants, midnight

Values = NDArray[np.float64]
ALL, OTHER = "All", "Other"  # the series of everything, and of the values that are not named


def edges(periods: Sequence[Period]) -> list[datetime]:
    """Where the periods begin and end, in order; between two of them may lie a gap."""
    return sorted({edge for period in periods for edge in (period.start, period.end)})


def edge_before(moment: ColumnElement[datetime], cuts: list[datetime]) -> ColumnElement[int]:
    """SQL for the number of edges up to a moment: the same cut for every length and every zone."""
    kind = ARRAY(DateTime(timezone=True))  # named once more for psql, where it is a list of texts
    return func.width_bucket(moment, cast(literal(cuts, kind), kind)).label("edge")


def at_edges(frame: pd.DataFrame, cuts: list[datetime]) -> pd.DataFrame:
    """The frame with the instant `at` in place of the number of its edge."""
    at = instants(cuts)[frame.pop("edge").to_numpy("int64") - 1]
    return frame.assign(at=at)


def at_days(frame: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The frame with the instant `at` at which its day begins in place of the day."""
    days: list[date] = frame.pop("day").tolist()
    begins = {day: midnight(day, filters.tz) for day in set(days)}
    return frame.assign(at=instants([begins[day] for day in days]))


def read(conn: Connection, query: Select[*tuple[Any, ...]]) -> pd.DataFrame:
    """The rows as they come from the driver, which gets them in Postgres's binary format."""
    result = conn.execute(query, execution_options={"binary": True})
    rows = [tuple(row) for row in result]  # of others pandas asks ten things, row by row
    return pd.DataFrame.from_records(rows, columns=list(result.keys()))


def packed(key: ColumnElement[int]) -> ColumnElement[bytes]:
    """SQL for all keys of a group as one value, 8 bytes each: no row costs Python anything."""
    sent = func.int8send(key, type_=LargeBinary)
    return func.string_agg(sent, literal(b"", LargeBinary), type_=LargeBinary).label("keys")


def unpacked(keys: bytes) -> NDArray[np.int64]:
    """The keys that `packed` sent."""
    return np.frombuffer(keys, ">i8").astype(np.int64)


def or_not_set(value: ColumnElement[str]) -> ColumnElement[str]:
    """SQL for a text as people read it: NOT_SET where it is empty."""
    return func.coalesce(func.nullif(value, ""), NOT_SET)


def by_value(frame: pd.DataFrame, by: str | None) -> dict[str, pd.DataFrame]:
    """The rows of each value of the breakdown, or all rows when there is none."""
    if by is None:
        return {ALL: frame}
    labels = frame.pop("series").replace("", NOT_SET)
    return {str(label): rows for label, rows in frame.groupby(labels)}


def slices(at: Instants, periods: Sequence[Period]) -> list[slice]:
    """Where in the sorted instants each period lies."""
    starts = np.searchsorted(at, instants([period.start for period in periods]))
    ends = np.searchsorted(at, instants([period.end for period in periods]))
    return [slice(start, end) for start, end in zip(starts, ends, strict=True)]


def ratio(part: Values, whole: Values) -> Values:
    """part / whole, NaN where the whole is 0."""
    shares = np.full(len(whole), np.nan)
    np.divide(part, whole, out=shares, where=whole != 0)
    return shares
