"""Themes are looked for once there is enough, and then every hour if anything is new."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from db.access import create_project
from db.tables import feedback
from jobs.sentiment import score_waiting
from jobs.themes import child
from jobs.themes.child import ThemeFinder
from jobs.themes.due import EVERY, FEWEST, next_due
from jobs.themes.run import find_and_keep
from tests.jobs.said import NOON, ask_for, say
from tests.jobs.themes.reading import standing
from tests.thorough import thorough

PATIENCE = 60.0


@pytest.fixture
def full(own_engine, talk):
    with own_engine.begin() as conn:
        for _ in range(FEWEST):
            say(conn, talk, "The slow export is bad")
    score_waiting(own_engine, 60)
    return talk


def due(engine, now):
    with engine.begin() as conn:
        return next_due(conn, now)


def found(engine, project):
    find_and_keep(engine, project.id, NOON)
    return NOON + EVERY


@thorough
def test_a_first_run_waits_for_enough_comments_and_their_scores(own_engine, talk):
    with own_engine.begin() as conn:
        for _ in range(FEWEST - 1):
            say(conn, talk, "The slow export is bad")
        score_waiting(own_engine, 60)
    score_waiting(own_engine, 60)
    assert due(own_engine, NOON) is None
    with own_engine.begin() as conn:
        say(conn, talk, "The slow export is bad")
    assert due(own_engine, NOON) is None
    score_waiting(own_engine, 60)
    assert due(own_engine, NOON) == talk.id


def test_nothing_is_due_within_an_hour_or_while_nothing_is_new(own_engine, full):
    later = found(own_engine, full)
    assert due(own_engine, later) is None
    with own_engine.begin() as conn:
        say(conn, full, "Again slow")
    assert due(own_engine, later + EVERY - timedelta(seconds=1)) is None
    assert due(own_engine, later + EVERY) == full.id


@pytest.mark.parametrize("change", ["said", "asked", "corrected", "replaced"])
def test_whatever_changes_makes_them_due(own_engine, full, change):
    later = found(own_engine, full)
    with own_engine.begin() as conn:
        if change == "said":
            say(conn, full, "More")
        elif change == "asked":
            ask_for(conn, full, "Faster export")
        else:
            values = {"corrected": {"corrected": "neutral"}, "replaced": {"changed_at": later}}
            conn.execute(update(feedback).values(values[change]))
    assert due(own_engine, later) == full.id


def test_the_project_that_waits_longest_comes_first(own_engine, full):
    later = found(own_engine, full)
    with own_engine.begin() as conn:
        say(conn, full, "More")
        other = create_project(conn, "other", consent="opt-out", retention_months=None)
        for number in range(FEWEST):
            ask_for(conn, other, "Dark mode", external_id=str(number))
    assert due(own_engine, later) == other.id
    find_and_keep(own_engine, other.id, later)
    assert due(own_engine, later) == full.id


@pytest.fixture
def finder(own_engine, monkeypatch):
    address = own_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", address)
    made = ThemeFinder()
    yield made
    made.stop()


def wait_for_its_end(finder):
    finder._process.wait(PATIENCE)


@thorough
def test_a_process_finds_them_beside_the_worker_one_at_a_time(own_engine, full, finder):
    started = time.monotonic()
    assert finder.look(own_engine)
    assert time.monotonic() - started < 1
    assert not finder.look(own_engine)
    wait_for_its_end(finder)
    assert [theme.name for theme in standing(own_engine, full)] == ["slow export"]
    assert not finder.look(own_engine)


@thorough
def test_one_that_fails_is_tried_again_later(own_engine, full, finder, monkeypatch):
    address = own_engine.url.set(database="nowhere").render_as_string(hide_password=False)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("DATABASE_URL", address)
        assert finder.look(own_engine)
        wait_for_its_end(finder)
    assert not finder.look(own_engine)
    monkeypatch.setattr(child.time, "monotonic", lambda: time.time() + child.RETRY_SECONDS)
    assert finder.look(own_engine)
    wait_for_its_end(finder)
    assert standing(own_engine, full)


@thorough
def test_a_project_that_fails_keeps_no_other_waiting(own_engine, full, finder, monkeypatch):
    with own_engine.begin() as conn:
        other = create_project(conn, "other", consent="opt-out", retention_months=None)
        for _ in range(FEWEST):
            say(conn, other, "The slow export is bad")
    score_waiting(own_engine, 60)
    assert due(own_engine, NOON) == full.id
    address = own_engine.url.set(database="nowhere").render_as_string(hide_password=False)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("DATABASE_URL", address)
        assert finder.look(own_engine)
        wait_for_its_end(finder)
    assert finder.look(own_engine)
    wait_for_its_end(finder)
    assert [theme.name for theme in standing(own_engine, other)] == ["slow export"]
    assert not standing(own_engine, full)


def test_stopping_ends_the_process(own_engine, full, finder):
    assert finder.look(own_engine)
    finder.stop()
    assert finder._process.poll() is not None
