"""Properties of events: which there are, and metrics by the values of one.

No rollup carries properties, so what is asked about them reads the raw events of one name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Subquery,
    case,
    func,
    literal,
    select,
)

from analytics.filters import BadFilters, Filters
from analytics.measures.counts import Counts
from analytics.measures.cutting import (
    at_edges,
    edge_before,
    edges,
    or_not_set,
    packed,
    read,
    unpacked,
)
from analytics.measures.durations import Durations, bin_of
from analytics.measures.loading import TRAILING, Measured
from analytics.measures.visits import Visits
from analytics.metrics import Metric, Source
from analytics.periods import Period
from analytics.scope import Viewer, visible_event_days, visible_events, within
from db.errors import TooWide

PREFIX = "property:"  # tells a breakdown by a property from one by a dimension
REST = ""  # no value is empty
MOST_VALUES = 50
MOST_EVENTS = 5_000_000  # measured at ten million events: 1.6 million are read in 1.3 s
MOST_KEYS = 50
SAMPLE = 5_000
KEYS: dict[Source, str] = {"actives": "actor_key", "sessions": "session_key"}
Grouped = Select[*tuple[Any, ...]]
Place = list[ColumnElement[Any]]  # where a row belongs: the edge before it, and its value


def property_of(by: str | None) -> str | None:
    """The property that a breakdown is by; None where it is by a dimension or by nothing."""
    return by.removeprefix(PREFIX) if by and by.startswith(PREFIX) else None


def property_keys(conn: Connection, viewer: Viewer, filters: Filters, event: str) -> list[str]:
    """The properties that events of this name carry, the most frequent first.

    Learnt from up to `SAMPLE` events of the last day in the range that has any.
    """
    days = visible_event_days(within(viewer, "product"), _all_of(filters, event))
    last = conn.execute(select(days.c.day).order_by(days.c.day.desc()).limit(1)).scalar()
    if last is None:
        return []
    day = _all_of(filters, event).over(last, last + timedelta(days=1))
    return list(conn.execute(_keys(viewer, day)).scalars())


def load_by_property(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    periods: Sequence[Period],
    metrics: Iterable[Metric],
    key: str,
) -> dict[str, Measured]:
    """What these metrics need for these periods, by the values of a property.

    Nested values are as JSON has them; an event without the property has `NOT_SET`. Values beyond
    the `MOST_VALUES` most frequent are together under `REST`. Percentiles need a question of their
    own. Raises TooWide over more than `MOST_EVENTS` events.
    """
    sources = {source for metric in metrics for source in metric.sources}
    _refuse_too_many(conn, viewer, filters)
    e, cuts = visible_events(viewer, filters), edges(periods)
    place: Place = [edge_before(e.c.occurred_at, cuts), value_of(e, key).label("value")]
    if sources == {"durations"}:
        rows = at_edges(read(conn, _durations(e, place)), cuts)
        return {value: Measured(durations=Durations.of(part)) for value, part in _parts(rows)}
    keys = [source for source in KEYS if source in sources]
    rows = at_edges(read(conn, _counts(e, place, keys)), cuts)
    return {value: _measured(part, keys) for value, part in _parts(rows)}


def check_property(metric: Metric, filters: Filters) -> None:
    """Raise BadFilters where no event is chosen, or when events alone don't tell the metric."""
    if not filters.event:
        raise BadFilters("Properties belong to events: choose an event first.")
    if metric.key in TRAILING or "newcomers" in metric.sources:
        raise BadFilters(f"{metric.label} can't be told by a property.")
    if filters.anonymous and "actives" in metric.sources:
        raise BadFilters("Without ids, people can't be told by a property.")


def value_of(e: Subquery, key: str) -> ColumnElement[str]:
    """SQL for the value of a property as text; NOT_SET where there is none."""
    return or_not_set(e.c.properties.op("->>")(key))


def _refuse_too_many(conn: Connection, viewer: Viewer, filters: Filters) -> None:
    days = visible_event_days(viewer, replace(filters, segment=None))
    counted = select(func.coalesce(func.sum(days.c.n), 0).cast(BigInteger))
    total = conn.execute(counted).scalar_one()
    if total > MOST_EVENTS:
        raise TooWide(
            f"A property is read from raw events, and there are {total:,} in the range; at most "
            f"{MOST_EVENTS:,} are read at once. Choose fewer days."
        )


def _all_of(filters: Filters, event: str) -> Filters:
    """All events of this name in the range, whatever else is asked for."""
    return Filters(
        filters.project_id,
        filters.zone,
        filters.consent,
        filters.start,
        filters.end,
        filters.now,
        event=event,
    )


def _keys(viewer: Viewer, day: Filters) -> Select[str]:
    e = visible_events(within(viewer, "product"), day)
    objects = func.jsonb_typeof(e.c.properties) == "object"
    newest = select(e.c.properties).where(objects).order_by(e.c.occurred_at.desc())
    sample = newest.limit(SAMPLE).subquery("sample")
    key = func.jsonb_object_keys(sample.c.properties).label("key")
    found = select(key).subquery("found")
    ranked = select(found.c.key).group_by(found.c.key)
    return ranked.order_by(func.count().desc(), found.c.key).limit(MOST_KEYS)


def _counts(e: Subquery, place: Place, keys: Sequence[Source]) -> Grouped:
    n, failures = func.count().label("n"), func.count().filter(~e.c.ok).label("failures")
    sent = [packed(func.coalesce(e.c[KEYS[source]], 0)).label(source) for source in keys]
    return _frequent(select(*place, n, failures, *sent).group_by(*place), ("n", "failures"), keys)


def _durations(e: Subquery, place: Place) -> Grouped:
    bins = bin_of(e.c.duration_ms).label("bin")
    timed = select(*place, bins, func.count().label("n")).where(e.c.duration_ms.is_not(None))
    return _frequent(timed.group_by(*place, bins), ("n",), ())


def _frequent(grouped: Grouped, sums: Sequence[str], keys: Sequence[str]) -> Grouped:
    """The most frequent values as `series`, and all others together as `REST`."""
    counted = grouped.cte("counted")
    order = (func.sum(counted.c.n).desc(), counted.c.value)
    place = func.row_number().over(order_by=order).label("place")
    ranked = select(counted.c.value, place).group_by(counted.c.value).subquery("ranked")
    series = case((ranked.c.place <= MOST_VALUES, counted.c.value), else_=REST).label("series")
    groups = [column for column in counted.c if column.name in ("edge", "bin")] + [series]
    added = [func.sum(counted.c[name]).cast(BigInteger).label(name) for name in sums]
    joined = [_joined(counted.c[name]).label(name) for name in keys]
    both = ranked.c.value == counted.c.value
    return select(*groups, *added, *joined).join(ranked, both).group_by(*groups)


def _joined(keys: ColumnElement[bytes]) -> ColumnElement[bytes]:
    return func.string_agg(keys, literal(b"", LargeBinary), type_=LargeBinary)


def _parts(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(value), part) for value, part in rows.groupby("series")]


def _measured(rows: pd.DataFrame, keys: Sequence[Source]) -> Measured:
    visits = {source: _visits(rows, source) for source in keys}
    nothing = Visits.empty()
    return Measured(
        counts=Counts.of(rows),
        actives=visits.get("actives", nothing),
        sessions=visits.get("sessions", nothing),
    )


def _visits(rows: pd.DataFrame, source: str) -> Visits:
    """Keys and when they were seen; 0 stands for none."""
    keys = [unpacked(sent) for sent in rows[source]]
    at = np.repeat(rows["at"].to_numpy("datetime64[us]"), [len(part) for part in keys])
    joined = np.concatenate(keys)
    return Visits.of(at[joined != 0], joined[joined != 0])
