from datetime import date

import pytest

from analytics import metrics
from analytics.experiments.catalogue import PERCENTILES, ready_metrics, thresholds
from analytics.experiments.definition import METRICS, OF_FEEDBACK, metrics_of, numbered
from analytics.feedback.metrics import MEASURES
from analytics.product.funnels.definition import Funnel, Step
from tests.analytics.reference import anyone, asking

SLOW = {"duration_p50": 120.0, "duration_p95": 900.0}
SAVING = Funnel((Step("open"), Step("save")))
READY = ready_metrics(SLOW, [("Saving", SAVING)])


OF_PEOPLE = {ready.reads or key: ready for key, ready in READY.items()}


@pytest.mark.parametrize("key", metrics.METRICS)
def test_every_metric_of_the_catalogue_is_there_and_goes_the_same_way(key):
    direction = metrics.METRICS[key].direction
    assert OF_PEOPLE[key].metric.better == ("down" if direction == "down" else "up")


def test_what_counts_something_else_than_the_catalogue_is_called_otherwise():
    others = {key: ready for key, ready in READY.items() if ready.reads}
    assert not others.keys() & metrics.METRICS.keys()
    labels = {metric.label for metric in metrics.METRICS.values()}
    assert not {ready.label for ready in others.values()} & labels
    same = {key for key in metrics.METRICS if key in READY}
    assert same == {"events", "failures", "error_rate", "sessions"}


@pytest.mark.parametrize("key", MEASURES)
def test_every_metric_of_feedback_is_there(key):
    assert READY[key].metric.measure.of in OF_FEEDBACK


def test_no_two_count_the_same():
    kinds = [(ready.metric.measure, ready.metric.over) for ready in READY.values()]
    assert len(set(kinds)) == len(kinds)


def test_all_of_them_can_be_kept_and_read_again():
    several = numbered(tuple(ready.metric for ready in READY.values()))
    assert metrics_of(METRICS.dump_json(several).decode()) == several


def test_a_percentile_is_the_share_of_what_is_slower_than_it_was():
    slow = READY["slower_than_p95"].metric
    assert (slow.measure.of, slow.measure.threshold) == ("slow", 900.0)
    assert slow.over.of == "timed"


def test_a_saved_funnel_is_one_of_them():
    assert READY["funnel_1"].label == "Funnel: Saving"
    assert READY["funnel_1"].metric.measure.steps == SAVING


def test_a_project_that_times_nothing_has_no_percentiles(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z")
    slow = thresholds(conn, anyone(project), asking(project, date(2026, 3, 2), date(2026, 3, 3)))
    assert slow == {}
    assert not set(PERCENTILES) & {each.reads for each in ready_metrics(slow).values()}


def test_thresholds_are_the_percentiles_of_the_range(conn, project, add_events):
    add_events(
        project,
        *(f"u1 open 2026-03-02T10:{n:02}Z duration={(n + 1) * 10}" for n in range(40)),
        "u1 open 2026-03-05T10:00Z duration=90000",
    )
    slow = thresholds(conn, anyone(project), asking(project, date(2026, 3, 2), date(2026, 3, 4)))
    assert slow["duration_p50"] == pytest.approx(200, rel=0.05)
    assert slow["duration_p95"] == pytest.approx(380, rel=0.05)
