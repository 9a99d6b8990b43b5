"""The rollups once more, from their definitions, in plain Python: what the SQL is compared with."""

import math
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from db.tables import DIMENSIONS, cells, kinds
from jobs.aggregation import ROLLUPS
from jobs.grouping import MINUTES_KEPT

Rollups = dict[str, dict[tuple[Any, ...], tuple[Any, ...]]]


@dataclass(frozen=True)
class Happened:
    """A stored event, with the columns that rollups are made of."""

    occurred_at: datetime
    actor_key: int
    name: str = "open"
    subject: str = ""
    ok: bool = True
    session_key: int | None = None
    duration_ms: float | None = None
    value: float | None = None
    first_use: int = 0
    platform: str = ""
    app_version: str = ""
    country: str = ""
    error_type: str = ""
    properties: Any = None

    @property
    def kind(self) -> tuple[str, str]:
        return self.name, self.subject

    @property
    def cause(self) -> int:
        """The fingerprint of a failure whose message has nothing that varies."""
        given = self.properties or {}
        parts = (self.error_type, self.name, self.subject, given.get("message", ""))
        text = "\x1f".join(parts)
        if given.get("fingerprint"):
            text = "given\x1f" + given["fingerprint"]
        return int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)

    @property
    def cell(self) -> tuple[str, ...]:
        return tuple(getattr(self, name, "") for name in DIMENSIONS)


def expected(happened: Iterable[Happened], zone: str) -> Rollups:
    """Every rollup of these events: key to measures, with texts in place of ids."""
    found: dict[str, dict[Any, Any]] = {table.name: defaultdict(Counter) for table in ROLLUPS}
    people: dict[int, list[Happened]] = defaultdict(list)
    for event in happened:
        _count(event, ZoneInfo(zone), found)
        if event.actor_key:
            people[event.actor_key].append(event)
    measured = {name: _as_tuples(name, rows) for name, rows in found.items()}
    measured["actor"] = {(actor,): _sighting(seen) for actor, seen in people.items()}
    return measured


MEASURES = {
    "event_hour": ("n", "failures", "timed", "duration_us", "value_sum"),
    "event_day": ("n", "failures"),
    "event_minutes": ("n", "failures"),
    "actor_day": ("n", "failures"),
    "actor_event_day": ("n", "failures"),
    "cell_day": ("n", "failures", "first_day", "first_week", "first_month"),
}


def _as_tuples(table: str, rows: dict[Any, Counter[Any]]) -> dict[Any, tuple[Any, ...]]:
    if table in ("duration_hour", "duration_day"):
        return {key: _packed(bins) for key, bins in rows.items()}
    names = MEASURES.get(table, ("n",))
    return {key: tuple(measures[name] for name in names) for key, measures in rows.items()}


def _packed(bins: Counter[int]) -> tuple[int, bytes, bytes]:
    """How many were timed, their bins in order, and how many are in each."""
    numbers = sorted(bins)
    told = struct.pack(f">{len(numbers)}h", *numbers)
    return bins.total(), told, struct.pack(f">{len(numbers)}i", *(bins[each] for each in numbers))


def _count(event: Happened, zone: ZoneInfo, found: dict[str, dict[Any, Any]]) -> None:
    local = event.occurred_at.astimezone(zone)
    into_hour = local.replace(minute=0, second=0, microsecond=0)
    hour, day = into_hour.astimezone(UTC), local.date()
    failed = int(not event.ok)
    timed = event.duration_ms is not None
    found["event_hour"][hour, *event.kind].update(
        n=1,
        failures=failed,
        timed=int(timed),
        duration_us=round((event.duration_ms or 0) * 1000),
        value_sum=Decimal(repr(event.value or 0)),
    )
    bits = (event.first_use & 1, event.first_use >> 1 & 1, event.first_use >> 2 & 1)
    found["event_day"][day, *event.kind, *event.cell].update(n=1, failures=failed)
    found["cell_day"][day, *event.cell].update(
        n=1, failures=failed, first_day=bits[0], first_week=bits[1], first_month=bits[2]
    )
    if timed:
        bin_ = math.ceil(math.log(max(event.duration_ms, 0.001)) / math.log(1.04))
        found["duration_hour"][hour, *event.kind][bin_] += 1
        found["duration_day"][day, *event.kind][bin_] += 1
        for dimension, value in zip(DIMENSIONS, event.cell, strict=True):
            found["duration_value_day"][day, dimension, value, bin_]["n"] += 1
    if event.occurred_at >= datetime.now(UTC) - MINUTES_KEPT:
        minute = event.occurred_at.replace(second=0, microsecond=0)
        found["event_minutes"][minute, event.name].update(n=1, failures=failed)
    if failed or event.name == "error":
        found["error_hours"][hour, event.cause, event.app_version]["n"] += 1
        if event.actor_key:
            found["error_people"][day, event.cause, event.actor_key]["n"] += 1
    if event.actor_key:
        key = (event.actor_key, *event.cell)
        found["actor_day"][day, *key].update(n=1, failures=failed)
        found["actor_event_day"][day, *event.kind, *key].update(n=1, failures=failed)
    if event.session_key is not None:
        whose = (event.session_key, event.actor_key)
        found["session_day"][day, *whose, *event.cell]["n"] += 1


def _sighting(seen: list[Happened]) -> tuple[Any, ...]:
    """First and last sight and the count; where it was first is checked apart, as ids decide."""
    times = [event.occurred_at for event in seen]
    return min(times), max(times), len(seen)


def found(conn: Connection, project_id: int) -> Rollups:
    """What the tables hold of the project, in the form of `expected`."""
    return {table.name: _rows(conn, table, project_id) for table in ROLLUPS}


def _rows(conn: Connection, table: Any, project_id: int) -> dict[Any, tuple[Any, ...]]:
    source = table
    keys: list[Any] = []
    for column in table.primary_key:
        if column.name == "kind_id":
            source = source.join(kinds, kinds.c.id == column)
            keys += [kinds.c.name, kinds.c.subject]
        elif column.name == "cell_id":
            source = source.join(cells, cells.c.id == column)
            keys += [cells.c[name] for name in DIMENSIONS]
        elif column.name != "project_id":
            keys.append(column)
    names = {column.name for column in table.primary_key}
    names |= {"first_cell", "was_first_cell", "was_first_seen"}  # what ids and batches decide
    measures = [column for column in table.c if column.name not in names]
    mine = select(*keys, *measures).select_from(source).where(table.c.project_id == project_id)
    rows = [tuple(row) for row in conn.execute(mine)]
    made = {row[: len(keys)]: row[len(keys) :] for row in rows}
    assert len(made) == len(rows)
    return made


def contents(conn: Connection, project_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every rollup, in order, to compare one state with another.

    Without what a row of `actor` was before its last change, which the batches decide.
    """
    return {
        table.name: [
            tuple(row)
            for row in conn.execute(
                select(*(column for column in table.c if not column.name.startswith("was_")))
                .where(table.c.project_id == project_id)
                .order_by(*table.primary_key)
            )
        ]
        for table in ROLLUPS
    }
