"""Sessions are cut as they are defined, whatever the log."""

import numpy as np
from hypothesis import example, given, settings

from analytics.product.sessions.cutting import Sessions, sessions_of
from tests.analytics.product.sessions.logs import SESSIONLESS, log_of, logs
from tests.analytics.product.sessions.reference import LONGEST, MINUTE, PAUSE, Event, sessions
from tests.thorough import cases, thorough

HOUR = 60 * MINUTE


def cut(events: list[Event]) -> Sessions:
    return sessions_of(log_of(events), np.array(sorted(SESSIONLESS), np.int64))


def rows(found: Sessions) -> list[tuple[object, ...]]:
    """Every session as begin, duration, cell of the first event, and its kinds."""
    parts = np.split(found.kind, found.first[1:]) if len(found) else []
    return sorted(
        (int(begin), int(duration), int(cell), tuple(part.tolist()))
        for begin, duration, cell, part in zip(
            found.begin, found.duration, found.cell, parts, strict=True
        )
    )


def expected(events: list[Event]) -> list[tuple[object, ...]]:
    return sorted(
        (s[0].at, s[-1].at - s[0].at, s[0].cell, tuple(event.kind for event in s))
        for s in sessions(events, SESSIONLESS)
    )


def alone(*moments: int, actor: int = 1, cell: int = 1) -> list[Event]:
    return [Event(actor, at, 1, cell, 0) for at in moments]


@thorough
@settings(max_examples=cases(600))
@given(logs())
@example([])
def test_a_log_is_cut_as_the_reference_cuts_it(events):
    found = cut(events)
    assert rows(found) == expected(events)
    assert found.told == len({event.session for event in events} - {0})


def test_a_gap_under_half_an_hour_keeps_a_session_and_one_of_half_an_hour_ends_it():
    assert len(cut(alone(0, PAUSE - 1))) == 1
    assert len(cut(alone(0, PAUSE))) == 2


def test_a_session_without_a_pause_is_cut_every_24_hours():
    steps = range(0, 50 * HOUR, 20 * MINUTE)
    found = cut(alone(*steps))
    assert found.begin.tolist() == [0, LONGEST, 2 * LONGEST]
    assert (found.duration < LONGEST).all()


def test_what_a_client_calls_one_session_is_one_whatever_lies_between():
    events = [Event(1, at, 1, 1, 9) for at in (0, 5 * HOUR, 40 * HOUR)]
    found = cut(events)
    assert found.depth.tolist() == [3]
    assert found.told == 1


def test_a_session_that_two_people_share_is_one_in_the_order_of_time():
    found = cut([Event(1, 20, 1, 1, 9), Event(2, 10, 2, 2, 9), Event(2, 30, 3, 2, 9)])
    assert rows(found) == [(10, 20, 2, (2, 1, 3))]


def test_servers_have_sessions_only_when_they_tell_them():
    assert len(cut(alone(0, 1, cell=3))) == 0
    assert len(cut([Event(1, 0, 1, 3, 9)])) == 1


def test_nobody_has_no_pauses_to_tell_sessions_by():
    assert len(cut(alone(0, HOUR, actor=0))) == 0
    assert len(cut([Event(0, 0, 1, 1, 9), Event(0, 9, 1, 1, 9)])) == 1


def test_two_people_never_share_a_session_that_was_cut():
    assert len(cut(alone(0) + alone(1, actor=2))) == 2
