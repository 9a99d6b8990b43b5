from datetime import date

import numpy as np
import pytest

from analytics.metrics import METRICS
from analytics.product.trends import ratio_metric, ratio_of, together, trend
from tests.analytics.reference import anyone, asking

LINES = (
    "u1 open 2026-03-02T10:00Z",
    "u1 save 2026-03-02T11:00Z ok=0",
    "u2 open 2026-03-03T10:00Z",
    "u1 open 2026-03-03T11:00Z",
)


@pytest.fixture
def trends(conn, project, add_events):
    add_events(project, *LINES)
    filters = asking(project, date(2026, 3, 2), date(2026, 3, 5), compare=True)
    asked = (trend(conn, anyone(project), filters, key) for key in ("events", "actors"))
    return tuple(asked)


def test_several_trends_are_series_of_one_frame(trends):
    events, actors = trends
    found = together([("A Events", events), ("B Active users", actors)])
    assert found.groupby("series")["value"].apply(list).to_dict() == {
        "A Events": [2, 2, 0],
        "B Active users": [1, 2, 0],
    }
    assert set(found["which"]) == {"current"}


def test_a_ratio_has_no_value_where_its_whole_is_nothing(trends):
    events, actors = trends
    np.testing.assert_equal(ratio_of(events, actors)["value"].tolist(), [2, 1, np.nan])


def test_a_ratio_of_two_like_things_is_a_share():
    events, failures, actors = (METRICS[key] for key in ("events", "failures", "actors"))
    assert ratio_metric(failures, events, "A / B").unit == "share"
    assert ratio_metric(events, actors, "A / B").unit == "events per people"
