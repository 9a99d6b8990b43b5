"""What people say of a run of a package is joined to it by its id."""

from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from db.access import ensure_person, project_secret
from db.accounts import link_actor
from db.identity import actor_key
from db.tables import feedback, organisations, packages, runs
from db.tokens import create_token
from ingest_api.routes.feedback import GUESSABLE, NO_RUN, SAID
from tests.ingest_api.registered import one, package_of, registry, told

RUNS = "/api/v1/analytics/runs"
PATH = "/api/v1/analytics/feedback"
WORDS = {
    "rating": 5,
    "wasHelpful": True,
    "feedback": "This prompt saved me 2 hours of manual code review!",
}
LINKED = ("package", "app_version", "model", "organisation_id")


@pytest.fixture
def door(open_door):
    return registry(open_door)


@pytest.fixture
def token(door):
    """Of somebody who signs in and is u1 in the door's project."""
    return token_of(door, "u1")


def token_of(door, who):
    with door.engine.begin() as conn:
        person = ensure_person(conn, f"{uuid4().hex}@example.org", "member", ())
        link_actor(conn, person, door.project.id, key_of(conn, door, who))
        return create_token(conn, person, "shell")


def key_of(conn, door, who):
    return actor_key(project_secret(conn, door.project.id), who)


def run_of(door, **members):
    sent = {
        "package": "code-reviewer",
        "version": "1.2.0",
        "model": "m1",
        "user_id": "u1",
        "organization": "Acme",
    }
    return told(door.send(sent | members, RUNS))["id"]


def say(door, usage_id, token=None, **members):
    """The seed's body, with the key of the door or somebody's token."""
    body = {"usageId": usage_id} | WORDS | members
    headers = {"Authorization": f"Bearer {token}"} if token else {"X-API-Key": door.key}
    return door.client.post(PATH, json=body, headers=headers)


def linked(door):
    row = one(door, feedback)
    return tuple(getattr(row, name) for name in LINKED)


def test_the_seeds_body_is_enough_the_run_tells_who_and_what(door):
    run_id = run_of(door)
    answer = told(say(door, run_id))
    assert (answer["status"], answer["interaction_id"], answer["rating"]) == ("stored", run_id, 5)
    row = one(door, feedback)
    assert linked(door) == ("code-reviewer", "1.2.0", "m1", one(door, organisations).id)
    assert (row.package_id, row.actor_key) == (package_of(door).id, one(door, runs).actor_key)
    assert (row.score, row.helpful, row.comment) == (5, True, WORDS["feedback"])
    assert door.outcomes() == {"accepted": 2}


def test_the_id_may_be_the_senders_own(door):
    run_id = run_of(door, run_id="run 81")
    assert told(say(door, "run 81", userId="u1"))["interaction_id"] == run_id
    again = told(say(door, run_id.upper(), userId="u1", rating=2))
    assert (again["status"], again["rating"]) == ("replaced", 2)


@pytest.mark.parametrize("own_id", ["run-1", "7"])
def test_an_id_that_can_be_guessed_speaks_for_nobody(door, own_id):
    hashed = run_of(door, run_id=own_id)
    told(say(door, own_id, userId="u1"))
    for guessed in (own_id, hashed):
        answer = say(door, guessed, rating=1)
        assert (answer.status_code, answer.json()["detail"]) == (422, GUESSABLE)
        assert say(door, "run-nobody-knows").json() == answer.json()
        assert told(say(door, guessed, sessionId="s1", rating=1))["status"] == "stored"
    with door.engine.connect() as conn:
        mine = select(feedback).where(feedback.c.project_id == door.project.id)
        joined = conn.execute(mine.where(feedback.c.package_id.is_not(None))).all()
    assert [(row.score, row.comment) for row in joined] == [(5, WORDS["feedback"])]


def test_what_was_said_is_changed_with_the_id_of_who_said_it(door):
    run_id = run_of(door)
    told(say(door, run_id))
    answer = say(door, run_id, rating=1)
    assert (answer.status_code, answer.json()["detail"]) == (422, SAID)
    assert (one(door, feedback).score, door.outcomes()) == (5, {"accepted": 2})
    assert told(say(door, run_id, userId="u1", rating=1))["status"] == "replaced"


def test_what_is_said_again_is_kept_once(door):
    run_id = run_of(door)
    assert [told(say(door, run_id))["status"] for _ in range(2)] == ["stored", "unchanged"]
    assert told(say(door, run_id, userId="u1"))["status"] == "unchanged"


def test_feedback_with_an_id_of_somebody_else_is_not_joined_to_the_run(door):
    run_id = run_of(door)
    told(say(door, run_id, userId="u2"))
    assert linked(door) == ("", "", "", 0)
    with door.engine.connect() as conn:
        assert one(door, feedback).actor_key == key_of(conn, door, "u2")


def test_a_run_that_nobody_knows_tells_nobody(door):
    answer = say(door, str(uuid4()))
    assert (answer.status_code, answer.json()["detail"]) == (422, NO_RUN)
    assert told(say(door, str(uuid4()), do_not_track=True))["status"] == "do_not_track"
    assert told(say(door, str(uuid4()), userId="u1"))["status"] == "stored"
    assert linked(door) == ("", "", "", 0)


def test_the_run_of_another_project_is_unknown(open_door, door):
    run_id = run_of(registry(open_door))
    assert say(door, run_id).status_code == 422


def test_an_id_that_two_people_ran_under_tells_nobody(door):
    same = str(uuid4())
    for who in ("u1", "u2"):
        run_of(door, run_id=same, user_id=who)
    assert say(door, same).status_code == 422
    told(say(door, same, userId="u2"))
    assert linked(door) == ("code-reviewer", "1.2.0", "m1", 0)


def test_consent_is_the_persons_who_ran_it(open_door):
    door = registry(open_door, consent="opt-in")
    run_id = run_of(door, consent=["usage"])
    assert told(say(door, run_id))["status"] == "no_consent"
    assert told(say(door, run_id, consent=["feedback"]))["status"] == "stored"


def test_do_not_track_holds(door):
    assert told(say(door, run_of(door), do_not_track=True))["status"] == "do_not_track"


def test_in_an_anonymous_project_it_is_nobodys_and_said_once(open_door):
    door = registry(open_door, consent="anonymous")
    run_id = run_of(door)
    assert [told(say(door, run_id))["status"] for _ in range(2)] == ["stored", "unchanged"]
    assert [say(door, each, rating=1).status_code for each in (run_id, "run-1")] == [422, 422]
    row = one(door, feedback)
    assert (row.actor_key, row.package, row.score) == (0, "code-reviewer", 5)
    assert run_id not in row.interaction


def test_a_package_that_is_gone_is_no_obstacle(door):
    run_id = run_of(door)
    with door.engine.begin() as conn:
        conn.execute(delete(packages).where(packages.c.id == package_of(door).id))
    assert told(say(door, run_id, userId="u1"))["status"] == "stored"
    assert one(door, feedback).package_id is None


def test_people_speak_of_their_own_runs_with_their_token(door, token):
    run_id = run_of(door)
    assert told(say(door, run_id, token))["status"] == "stored"
    assert linked(door) == ("code-reviewer", "1.2.0", "m1", one(door, organisations).id)
    with door.engine.connect() as conn:
        assert one(door, feedback).actor_key == key_of(conn, door, "u1")


def test_a_token_speaks_for_nobody_else(door, token):
    told(say(door, run_of(door), token, userId="u2", sessionId="s2"))
    with door.engine.connect() as conn:
        assert one(door, feedback).actor_key == key_of(conn, door, "u1")


def test_the_runs_of_others_are_as_if_they_were_not(door, token):
    foreign, missing = say(door, run_of(door, user_id="u2"), token), say(door, str(uuid4()), token)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() == missing.json()
    with door.engine.connect() as conn:
        mine = select(feedback).where(feedback.c.project_id == door.project.id)
        assert conn.execute(mine).all() == []


def test_an_unknown_token_says_nothing(door):
    assert say(door, run_of(door), "llt_" + "x" * 43).status_code == 401


def test_an_erased_run_links_nothing(door):
    run_id = run_of(door)
    with door.engine.begin() as conn:
        conn.execute(delete(runs).where(runs.c.project_id == door.project.id))
    assert say(door, run_id).status_code == 422
