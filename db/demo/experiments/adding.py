"""Events that are added to a day of the demo, in the place of others, so that its size stays."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from db.demo.actors import Flags
from db.demo.columns import event_ids, texts
from db.demo.experiments.trials import PLATFORMS
from db.demo.generate import by_actor
from db.demo.kinds import ADOPTED
from db.demo.moments import MICRO, Instants

SHOWN_ON = "page_view"  # what is tried is seen on pages
SPARE = (
    "page_view",
    "feature_use",
    "api_request",
    "ai_request",
)  # what others may take the place of
PURPOSE = "features"
DELAY = MICRO // 20  # until an event arrives, at most
Index = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Span:
    """The events of a day, sorted by actor and time, before an instant (µs since 1970)."""

    rng: np.random.Generator
    events: pa.Table
    until: int

    @cached_property
    def actor(self) -> Index:
        """Whose each event is."""
        keys: Index = self.events["actor_key"].to_numpy()
        return keys

    @cached_property
    def occurred(self) -> Instants:
        """When each event happens, in µs since 1970."""
        at: Instants = self.events["occurred_at"].cast(pa.int64()).to_numpy()
        return at

    @cached_property
    def shown(self) -> Flags:
        """Which events show a page on a platform of the experiments."""
        return self.has("name", SHOWN_ON) & self.has("platform", *PLATFORMS)

    def has(self, column: str, *values: str) -> Flags:
        """Which events have one of these texts in a column."""
        found: Flags = np.isin(self.events[column].to_numpy(), values)
        return found

    def later(self, rows: Index) -> Index:
        """For each of the events, itself or one of its actor's later ones of the day."""
        end = np.searchsorted(self.actor, self.actor[rows], side="right")
        return rows + (self.rng.random(len(rows)) * (end - rows)).astype(np.int64)

    def after(
        self, rows: Index, seconds: tuple[float, float], name: str, **more: pa.Array
    ) -> pa.Table:
        """Events of one name, so many seconds after the events of `rows`, by the same actors."""
        count = len(rows)
        wait = (self.rng.uniform(*seconds, count) * MICRO).astype(np.int64)
        at = np.minimum(self.occurred[rows] + wait, self.until - 1)
        common = {
            "event_id": event_ids(self.rng, at),
            "occurred_at": pa.array(at, pa.timestamp("us", "UTC")),
            "received_at": pa.array(np.minimum(at + DELAY, self.until), pa.timestamp("us", "UTC")),
            "ok": pa.array(np.ones(count, bool)),
            "duration_ms": pa.nulls(count, pa.float64()),
            "value": pa.nulls(count, pa.float64()),
            "properties": texts(np.full(count, -1), ("",)),
        }
        words = {"name": name, "subject": "", "purpose": PURPOSE, "error_type": ""}
        made = common | {key: texts(np.zeros(count, int), (word,)) for key, word in words.items()}
        return _replaced(self.events.take(rows), made | more)


def put_in(span: Span, added: pa.Table) -> pa.Table:
    """The events of the span with those that are added in the place of as many others."""
    spare = np.flatnonzero(_is_spare(span))
    gone = span.rng.choice(spare, min(len(added), len(spare)), replace=False)
    kept = span.events.take(np.setdiff1d(np.arange(len(span.events)), gone))
    return by_actor(pa.concat_tables([kept, added]))


def _is_spare(span: Span) -> Flags:
    """Of what is done often, what doesn't begin a session: days, sessions and steps all stay."""
    session = span.events["session_key"].fill_null(0).to_numpy()
    goes_on = (session != 0) & (session == np.roll(session, 1))
    spare: Flags = goes_on & span.has("name", *SPARE) & ~span.has("subject", ADOPTED)
    return spare


def _replaced(table: pa.Table, columns: dict[str, pa.Array]) -> pa.Table:
    for name, column in columns.items():
        table = table.set_column(table.column_names.index(name), name, column)
    return table
