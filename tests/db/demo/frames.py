"""The demo's events as one frame."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from db.demo.experiments import lived
from db.demo.shape import Shape

NOW = datetime(2026, 3, 18, 15, 20, tzinfo=UTC)
SHAPE = Shape(events=1_000_000, seed=7, days=90, now=NOW, zone="UTC")
Where = dict[str, Any]


def frame_of(shape: Shape) -> pd.DataFrame:
    return pa.concat_tables([day.unify_dictionaries() for day in lived(shape)]).to_pandas()


def dated(events: pd.DataFrame) -> pd.DataFrame:
    """The events with their day and the first day of their actor."""
    days = events["occurred_at"].dt.floor("D")
    return events.assign(day=days, first=days.groupby(events["actor_key"]).transform("min"))
