"""What can't be read or stored is told, and tried again."""

import asyncio

import pytest

from db.engine import conninfo
from ingest_api.event import Sender
from ingest_api.flags.deciding import Known
from ingest_api.flags.lookups import Lookups, Question
from ingest_api.problems import Problem
from ingest_api.steps import ALL_PURPOSES

ANN = Question(Sender(1, "opt-out", b"", None), 1, frozenset())


def asked(lookups, *questions):
    async def ask():
        running = asyncio.create_task(lookups.run())
        try:
            return await asyncio.gather(*map(lookups.known, questions), return_exceptions=True)
        finally:
            lookups.stop()
            await asyncio.wait_for(running, 5)

    return asyncio.run(ask())


def test_nothing_on_record_is_what_the_project_says(ingest_url):
    assert asked(Lookups(conninfo(ingest_url)), ANN, ANN) == [Known(ALL_PURPOSES)] * 2


def test_a_database_that_does_not_answer_is_a_503_for_all_who_wait():
    for problem in asked(Lookups({"host": "127.0.0.1", "port": 1}), ANN, ANN):
        assert isinstance(problem, Problem)
        assert (problem.status, problem.headers) == (503, {"Retry-After": "2"})


def test_after_a_failure_another_connection_is_made(ingest_url):
    async def ask():
        lookups = Lookups(conninfo(ingest_url))
        running = asyncio.create_task(lookups.run())
        assert await lookups.known(ANN) == Known(ALL_PURPOSES)
        await lookups._conn.close()
        with pytest.raises(Problem):
            await lookups.known(ANN)
        assert await lookups.known(ANN) == Known(ALL_PURPOSES)
        lookups.stop()
        await asyncio.wait_for(running, 5)

    asyncio.run(ask())
