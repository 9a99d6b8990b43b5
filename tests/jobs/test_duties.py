"""The worker does each duty in its time, and one that fails soon again."""

from threading import Event

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

import jobs.__main__ as worker
from jobs.__main__ import LONGEST_RETRY_SECONDS, RETRY_SECONDS, Duty, do_due


@pytest.fixture
def clock(monkeypatch):
    now = [1_000.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: now[0])
    return now


def test_a_duty_is_done_at_first_and_then_every_so_often(clock):
    done = []
    duty = Duty(done.append, every=30)
    for passed in (0, 29, 1, 1, 29):
        clock[0] += passed
        duty.do("engine")
    assert len(done) == 3


def test_a_duty_without_a_time_is_done_every_pass(clock):
    done = []
    duty = Duty(done.append)
    for _ in range(3):
        duty.do("engine")
    assert done == ["engine"] * 3


def failing(error, tried):
    def fail(engine):
        tried.append(engine)
        raise error

    return fail


GONE = OperationalError("SELECT 1", {}, Exception("gone"))


@pytest.mark.parametrize("error", [GONE, ValueError("of one project")])
@pytest.mark.parametrize(
    ("every", "wait"), [(3_600, LONGEST_RETRY_SECONDS), (5, 5), (0, RETRY_SECONDS)]
)
def test_a_duty_that_fails_is_tried_again_soon_but_not_at_once(clock, every, wait, error):
    tried = []
    duty = Duty(failing(error, tried), every=every)
    for passed, times in ((0, 1), (wait - 0.1, 1), (0.1, 2)):
        clock[0] += passed
        duty.do("engine")
        assert len(tried) == times


def test_a_duty_that_fails_late_rests_from_then_on(clock):
    tried = []

    def fail(engine):
        tried.append(engine)
        clock[0] += 10
        raise GONE

    duty = Duty(fail)
    duty.do("engine")
    duty.do("engine")
    assert len(tried) == 1


@pytest.mark.parametrize("error", [GONE, ValueError("of one project")])
def test_the_next_duty_is_done_when_one_fails(clock, error):
    tried, done = [], []
    duties = (Duty(failing(error, tried)), Duty(done.append))
    for _ in range(2):
        do_due(duties, "engine", Event())
    assert (len(tried), len(done)) == (1, 2)


def test_a_failure_is_logged_without_what_it_says():
    with capture_logs() as logged:
        Duty(failing(ValueError("Jane Doe"), [])).do("engine")
    assert logged[0]["error"] == "ValueError"
    assert "Jane" not in str(logged)


def test_when_told_to_stop_no_other_duty_is_begun():
    stopping, done = Event(), []
    duties = (Duty(lambda _: stopping.set()), Duty(done.append))
    do_due(duties, "engine", stopping)
    assert done == []
