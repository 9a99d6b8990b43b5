"""A project in which the people of the demo speak their minds."""

from dataclasses import dataclass

import numpy as np
import pytest
from sqlalchemy import URL, insert

from db.access import Project, create_project
from db.demo.feedback.comments import scores
from db.demo.feedback.topics import TABLE, TOPICS
from db.demo.feedback.wording import with_contacts, worded
from db.engine import make_engine
from db.tables import feedback
from jobs.sentiment import score_waiting
from jobs.themes.run import find_and_keep
from tests.conftest import drop_database, make_database
from tests.jobs.said import NOON
from tests.jobs.themes.reading import standing

COMMENTS = 3_000


@pytest.fixture(scope="session")
def spoken():
    """Comments and what each is about, as the demo words them: the name of its topic."""
    rng = np.random.default_rng(7)
    topics = TABLE[rng.integers(0, len(TABLE), COMMENTS)]
    texts, _ = with_contacts(rng, worded(rng, topics))
    labels = np.array([TOPICS[topic].label for topic in topics], object)
    names = [TOPICS[topic].name for topic in topics]
    return list(zip(texts.tolist(), names, scores(rng, labels).tolist(), strict=True))


@dataclass(frozen=True)
class Told:
    """A database in which all of it was said and scored."""

    database: URL
    project: Project
    topics: dict[int, str]  # of each comment by its id


@pytest.fixture(scope="module")
def told(server, spoken):
    url = make_database(server)
    engine = make_engine(url)
    project = talk_in(engine)
    topics = keep(engine, project, spoken)
    score_waiting(engine, 60)
    engine.dispose()
    yield Told(url, project, topics)
    drop_database(url, server)


@pytest.fixture(scope="module")
def told_and_found(server, told):
    """The same after themes were found."""
    url = make_database(server, told.database)
    engine = make_engine(url)
    find_and_keep(engine, told.project.id, NOON)
    engine.dispose()
    yield url
    drop_database(url, server)


@pytest.fixture
def own_database(request, server):
    """A database of the test's own: a copy of the one that holds what the test asks for."""
    if "found" in request.fixturenames:
        like = request.getfixturevalue("told_and_found")
    elif "heard" in request.fixturenames:
        like = request.getfixturevalue("told").database
    else:
        like = None
    url = make_database(server, like)
    yield url
    drop_database(url, server)


@pytest.fixture
def talk(request, own_engine):
    """The project that holds what was said, or one in which nothing was."""
    if {"heard", "found"} & set(request.fixturenames):
        return request.getfixturevalue("told").project
    return talk_in(own_engine)


@pytest.fixture
def heard(told):
    """All of it said and scored; the topic of each comment by its id."""
    return told.topics


@pytest.fixture
def found(own_engine, talk):
    """The themes that were found in it."""
    return standing(own_engine, talk)


def talk_in(engine):
    with engine.begin() as conn:
        return create_project(conn, "talk", consent="opt-out", retention_months=None)


def keep(engine, project, spoken):
    """Keep what was said; the topic of each comment by its id."""
    row = {"project_id": project.id, "actor_key": 1, "kind": "rating", "said_at": NOON}
    topics = {}
    with engine.begin() as conn:
        for start in range(0, len(spoken), 1_000):
            part = spoken[start : start + 1_000]
            rows = [row | {"comment": text, "score": score} for text, _, score in part]
            new = insert(feedback).returning(feedback.c.id, sort_by_parameter_order=True)
            ids = conn.execute(new, rows).scalars()
            topics |= dict(zip(ids, (name for _, name, _ in part), strict=True))
    return topics
