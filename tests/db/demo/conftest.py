"""A demo large enough that what is planted in it stands out."""

import pandas as pd
import pytest

from tests.db.demo.frames import SHAPE, frame_of


@pytest.fixture(scope="module")
def demo() -> pd.DataFrame:
    """All events, with their day and the first day of their actor."""
    frame = frame_of(SHAPE)
    frame["day"] = frame["occurred_at"].dt.floor("D")
    frame["first"] = frame.groupby("actor_key")["day"].transform("min")
    return frame
