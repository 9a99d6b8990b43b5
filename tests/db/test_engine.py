"""One engine a process, whoever asks first."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import engine as engines


@pytest.fixture
def made(monkeypatch, server):
    """The engines that were made, each of which takes its time."""
    kept = []

    def slowly(url):
        time.sleep(0.02)
        kept.append(made_by(url))
        return kept[-1]

    made_by = engines.make_engine
    engines.close_engine()
    monkeypatch.setenv("DATABASE_URL", server.render_as_string(hide_password=False))
    monkeypatch.setattr(engines, "make_engine", slowly)
    yield kept
    engines.close_engine()


def test_threads_that_ask_at_once_share_an_engine(made):
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: engines.engine(), range(8)))
    assert len(made) == 1
    assert {id(each) for each in found} == {id(made[0])}


def test_errors_tell_the_statement_and_none_of_its_values(server):
    maker = engines.make_engine(server)
    with maker.connect() as conn, pytest.raises(DBAPIError) as told:
        conn.execute(text("SELECT :said FROM nowhere"), {"said": "call me at home"})
    maker.dispose()
    assert "nowhere" in str(told.value)
    assert "call me" not in str(told.value)


def test_a_closed_engine_is_followed_by_another_and_leaves_no_connection(made):
    before = engines.engine()
    with before.connect() as conn:
        assert conn.exec_driver_sql("SELECT 1").scalar() == 1
    pool = before.pool
    engines.close_engine()
    assert pool.checkedin() == 0
    assert engines.engine() is not before
