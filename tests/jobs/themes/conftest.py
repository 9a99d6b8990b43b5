"""A project in which the people of the demo speak their minds."""

import numpy as np
import pytest
from sqlalchemy import insert

from db.access import create_project
from db.demo.feedback.comments import scores
from db.demo.feedback.topics import TABLE, TOPICS
from db.demo.feedback.wording import with_contacts, worded
from db.tables import feedback
from jobs.sentiment import score_waiting
from tests.jobs.said import NOON

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


@pytest.fixture
def talk(own_engine):
    with own_engine.begin() as conn:
        return create_project(conn, "talk", consent="opt-out", retention_months=None)


@pytest.fixture
def heard(own_engine, talk, spoken):
    """All of it said and scored; the topic of each comment by its id."""
    row = {"project_id": talk.id, "actor_key": 1, "kind": "rating", "said_at": NOON}
    with own_engine.begin() as conn:
        topics = {}
        for start in range(0, len(spoken), 1_000):
            part = spoken[start : start + 1_000]
            rows = [row | {"comment": text, "score": score} for text, _, score in part]
            new = insert(feedback).returning(feedback.c.id, sort_by_parameter_order=True)
            ids = conn.execute(new, rows).scalars()
            topics |= dict(zip(ids, (name for _, name, _ in part), strict=True))
    score_waiting(own_engine, 60)
    return topics
