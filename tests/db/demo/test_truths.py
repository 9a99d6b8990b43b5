"""What was planted in the demo can be measured, here with pandas and no SQL."""

from collections.abc import Callable

import pandas as pd
import pytest

from db.demo.consenting import FEEDBACK, decisions
from db.demo.truths import truths
from tests.db.demo.earned import EARNED_MEASURES
from tests.db.demo.frames import SHAPE, Where
from tests.db.demo.said import SAID_MEASURES
from tests.db.demo.served import SERVED_MEASURES
from tests.db.demo.tried import TRIED_MEASURES
from tests.db.demo.used import USED_MEASURES
from tests.thorough import thorough


def consent_feedback(demo: pd.DataFrame, where: Where) -> float:
    """Also: nobody who refused feedback has rated anything, nor have strangers any event."""
    keys, granted = decisions(SHAPE)
    agrees = (granted & FEEDBACK) > 0
    assert not set(keys[~agrees]) & set(demo.loc[demo["purpose"] == "feedback", "actor_key"])
    assert not set(keys[granted == 0]) & set(demo["actor_key"])
    return float(agrees.mean())


MEASURES: dict[str, tuple[Callable[[pd.DataFrame, Where], float], float]] = {
    "consent_feedback": (consent_feedback, 0.05),
    **USED_MEASURES,
    **SAID_MEASURES,
    **TRIED_MEASURES,
    **EARNED_MEASURES,
    **SERVED_MEASURES,
}


@thorough
@pytest.mark.parametrize("truth", truths(SHAPE), ids=lambda truth: truth["name"])
def test_a_planted_truth_is_what_pandas_measures(demo: pd.DataFrame, truth: Where) -> None:
    measure, tolerance = MEASURES[truth["name"]]
    assert measure(demo, truth["where_"]) == pytest.approx(truth["size"], rel=tolerance)
