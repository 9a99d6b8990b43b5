"""What is allowed stays allowed until it is kept, and an erasure keeps nobody waiting for long."""

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from db.access import create_project, project_secret
from db.locks import ERASING_LOCK
from db.tables import grants
from ingest_api.allowing import allowed
from ingest_api.event import Sender
from ingest_api.steps import PURPOSE_BITS

WHO = 7
FEEDBACK = PURPOSE_BITS["feedback"]


@pytest.fixture
def sender(own_engine):
    """A project that asks, and in which WHO granted feedback."""
    with own_engine.begin() as conn:
        made = create_project(conn, "shop", consent="opt-in", retention_months=None)
        place = {"project_id": made.id, "actor_key": WHO, "granted": FEEDBACK, "refused": 0}
        conn.execute(grants.insert().values(place))
        return Sender(made.id, "opt-in", project_secret(conn, made.id), None, "ingest")


@pytest.mark.parametrize("along", [None, FEEDBACK])
def test_nobody_takes_consent_back_between_asking_for_it_and_keeping(own_engine, sender, along):
    with own_engine.begin() as keeping, own_engine.begin() as refusing:
        assert allowed(keeping, sender, WHO, along) == FEEDBACK
        refusing.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError):
            refusing.execute(update(grants).values(granted=0, refused=FEEDBACK))
        refusing.rollback()


def test_nobody_is_erased_between_asking_for_consent_and_keeping(own_engine, sender):
    with own_engine.begin() as keeping, own_engine.begin() as erasing:
        allowed(keeping, sender, WHO)
        free = select(func.pg_try_advisory_xact_lock(ERASING_LOCK))
        assert not erasing.execute(free).scalar_one()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/feedback", {"user_id": "u1", "rating": 4}),
        ("/api/v1/requests", {"user_id": "u1", "title": "Dark mode"}),
        ("/api/v1/surveys/next?user_id=u1", None),
    ],
)
def test_who_comes_during_a_long_erasure_is_asked_to_come_again(
    door, ingest_engine, monkeypatch, path, body
):
    monkeypatch.setattr("db.locks.LONGEST_WAIT", "100ms")
    with ingest_engine.begin() as erasing:
        erasing.execute(select(func.pg_advisory_xact_lock(ERASING_LOCK)))
        method = "GET" if body is None else "POST"
        headers = {"X-API-Key": door.key}
        told = door.client.request(method, path, json=body, headers=headers, timeout=5)
    assert (told.status_code, "Retry-After" in told.headers) == (503, True)
