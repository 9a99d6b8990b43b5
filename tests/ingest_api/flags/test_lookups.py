"""What can't be read or stored is told, and tried again."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from db.engine import conninfo
from db.experiments.kept import find_experiment
from db.segments import create_segment
from db.tables import exposures, grants, segment_members
from ingest_api.event import Sender
from ingest_api.flags.deciding import Known
from ingest_api.flags.lookups import Lookups, Question
from ingest_api.problems import Problem
from ingest_api.steps import ALL_PURPOSES, bits
from tests.db.experiments.drafts import BUTTON

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


@pytest.mark.parametrize(
    ("mode", "granted", "refused", "found"),
    [
        ("opt-in", (), (), ()),
        ("opt-in", ("features",), (), ("exposed",)),
        ("opt-in", ("features", "usage"), ("features",), ("segments",)),
        ("opt-out", (), (), ("exposed", "segments")),
        ("opt-out", (), ("features",), ("segments",)),
        ("opt-out", (), ("features", "usage"), ()),
    ],
)
def test_who_does_not_allow_it_is_not_looked_up(house, ingest_url, mode, granted, refused, found):
    segment = house.change(create_segment, f"of {uuid4()}", "{}", None)
    house.keep(BUTTON)
    who = {"project_id": house.door.project.id, "actor_key": 7}
    at = {"phase": 1, "variant": "b", "exposed_at": datetime.now(UTC), "cell_id": 1}
    with house.door.engine.begin() as conn:
        number = find_experiment(conn, who["project_id"], "button").id
        conn.execute(exposures.insert().values(who | at | {"experiment_id": number}))
        conn.execute(segment_members.insert().values(who | {"segment_id": segment}))
        said = {"granted": bits(granted), "refused": bits(refused)}
        conn.execute(grants.insert().values(who | said))
    sender = Sender(who["project_id"], mode, b"", None)
    (known,) = asked(Lookups(conninfo(ingest_url)), Question(sender, 7, frozenset({segment})))
    assert known.exposed == ({number: "b"} if "exposed" in found else {})
    assert known.segments == ({segment} if "segments" in found else frozenset())


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
