"""A demo large enough that what is planted in it stands out."""

import pandas as pd
import pytest

from tests.db.demo.frames import SHAPE, dated, frame_of


@pytest.fixture(scope="module")
def demo() -> pd.DataFrame:
    return dated(frame_of(SHAPE))
