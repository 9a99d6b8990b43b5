import pytest

from analytics.__main__ import ALL
from analytics.measures.loading import Measured, values_of
from analytics.metrics import CATALOGUE, find_metric
from db.errors import UnknownMetric


def test_every_metric_has_a_key_and_a_label_of_its_own():
    assert len({metric.key for metric in ALL}) == len(ALL)
    assert len({metric.label for metric in ALL}) == len(ALL)


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.key)
def test_every_metric_explains_itself_in_a_sentence(metric):
    assert metric.definition.endswith(".")
    assert metric.formula
    assert metric.unit in {"people", "events", "sessions", "share", "events per person", "ms"}
    assert metric.direction in {"up", "down", "neutral"}


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.key)
def test_every_metric_of_the_catalogue_can_be_computed(metric):
    assert len(values_of(metric, Measured(), [])) == 0


def test_a_metric_that_does_not_exist_is_named_in_the_error():
    with pytest.raises(UnknownMetric, match="happiness"):
        find_metric("happiness")
