"""The worker does each duty in its time, and one that fails soon again."""

import pytest
from sqlalchemy.exc import OperationalError

import jobs.__main__ as worker
from jobs.__main__ import LONGEST_RETRY_SECONDS, Duty


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


@pytest.mark.parametrize(("every", "wait"), [(3_600, LONGEST_RETRY_SECONDS), (5, 5)])
def test_a_duty_that_fails_is_tried_again_within_a_minute(clock, every, wait):
    tried = []

    def fail(engine):
        tried.append(engine)
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    duty = Duty(fail, every=every)
    for passed, times in ((0, 1), (wait - 0.1, 1), (0.1, 2)):
        clock[0] += passed
        if times > len(tried):
            with pytest.raises(OperationalError):
                duty.do("engine")
        else:
            duty.do("engine")
        assert len(tried) == times
