"""The demo's events as one frame."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from db.demo.generate import chunks
from db.demo.shape import Shape

NOW = datetime(2026, 3, 18, 15, 20, tzinfo=UTC)
SHAPE = Shape(events=1_000_000, seed=7, days=90, now=NOW, zone="UTC")
Where = dict[str, Any]


def frame_of(shape: Shape) -> pd.DataFrame:
    return pa.concat_tables([chunk.unify_dictionaries() for chunk in chunks(shape)]).to_pandas()
