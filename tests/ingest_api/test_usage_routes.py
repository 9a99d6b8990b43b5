"""One's own usage and an organisation's, over HTTP, in the shapes that clients were promised."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from analytics.community.person import my_usage
from analytics.scope import viewer_as
from db.access import ensure_person, project_secret
from db.accounts import link_actor
from db.identity import actor_key
from db.tables import organisation_members, organisations, runs
from db.tokens import create_token, holder_of
from ingest_api.private.shapes import MyUsage, OrganisationOut
from jobs.publishing import feed, publish
from tests.ingest_api.registered import registry, told
from tests.runs_written import write_members, write_runs
from tests.thorough import thorough

ME = "/api/v1/analytics/user/me"
UID = str(uuid4())
MY_USAGE = {
    "totalRuns": 342,
    "creditsSpent": 487,
    "totalTokens": 284736,
    "mostUsedModel": "claude-3-5-sonnet-20241022",
    "mostTestedPackage": "seo-optimizer",
    "avgResponseTime": 2145,
    "dailyActivity": [{"date": "2025-01-15", "runs": 12, "credits": 15}],
    "modelUsage": [
        {
            "model": "claude-3-5-sonnet-20241022",
            "runs": 200,
            "credits": 200,
            "avg_duration": 1950,
        },
        {"model": "gpt-4o", "runs": 142, "credits": 284, "avg_duration": 2500},
    ],
    "topPackages": [
        {"id": UID, "name": "seo-optimizer", "runs": 87, "credits": 104, "avg_rating": 4.9}
    ],
}
ORGANISATION = {
    "orgId": UID,
    "totalRuns": 5623,
    "activeMembers": 47,
    "totalCredits": 6847,
    "totalTokens": 4283947,
    "avgDuration": 2230,
    "memberActivity": [
        {
            "username": "john_dev",
            "runs": 234,
            "credits_spent": 287,
            "last_active": "2025-01-20T15:30:00Z",
        }
    ],
    "topPackages": [{"name": "code-reviewer", "runs": 1247, "unique_users": 38, "avg_rating": 4.7}],
    "dailyUsage": [{"date": "2025-01-15", "runs": 187, "active_members": 23, "credits": 234}],
}


@pytest.mark.parametrize(
    ("shape", "promised"), [(MyUsage, MY_USAGE), (OrganisationOut, ORGANISATION)]
)
def test_what_was_promised_comes_through_the_shape_unchanged(shape, promised):
    assert shape.model_validate(promised).model_dump(mode="json", by_alias=True) == promised


@pytest.fixture
def acme(open_door):
    """A project with the organisation Acme, whose admin is `lead`."""
    return registry(open_door)


def token_of(door, who=None, scope="read", role="member"):
    """A token of somebody who signs in, and who they are in the door's project."""
    with door.engine.begin() as conn:
        person = ensure_person(conn, f"{uuid4().hex}@x.example", role, (door.project.id,))
        if who:
            key = actor_key(project_secret(conn, door.project.id), who)
            link_actor(conn, person, door.project.id, key)
        return create_token(conn, person, "test", scope)


def get(door, path, token, **query):
    return door.client.get(path, params=query, headers={"Authorization": f"Bearer {token}"})


def organisation(door):
    with door.engine.connect() as conn:
        mine = organisations.c.project_id == door.project.id
        return conn.execute(select(organisations).where(mine)).one()


def path_of(uid):
    return f"/api/v1/analytics/organization/{uid}"


def test_one_s_own_usage_has_the_promised_keys_and_one_s_own_numbers(acme):
    now = datetime.now(UTC)
    with acme.engine.begin() as conn:
        write_runs(
            conn,
            acme.project,
            f"u1 seo-optimizer {now.isoformat()} model=gpt credits=2 tokens=30 duration=1500.6",
            f"u1 code-reviewer {now.isoformat()} model=gpt credits=1 duration=500",
            f"lead code-reviewer {now.isoformat()} credits=9",
        )
    body = told(get(acme, ME, token_of(acme, "u1"), days=1))
    assert keys(body) == keys(MY_USAGE)
    assert (body["totalRuns"], body["creditsSpent"], body["totalTokens"]) == (2, 3, 30)
    assert (body["mostUsedModel"], body["avgResponseTime"]) == ("gpt", 1000)
    assert body["dailyActivity"] == [{"date": now.date().isoformat(), "runs": 2, "credits": 3}]
    assert {each["name"] for each in body["topPackages"]} == {"seo-optimizer", "code-reviewer"}


def keys(body):
    """The keys of an answer and of the first row of each of its lists, in their order."""
    rows = {name: list(value[0]) for name, value in body.items() if isinstance(value, list)}
    return list(body), rows


def test_the_answer_is_what_the_question_says(acme):
    now = datetime.now(UTC)
    lines = (
        f"u1 seo-optimizer {(now - timedelta(days=n)).isoformat()} model=m{n % 3}" for n in range(9)
    )
    with acme.engine.begin() as conn:
        write_runs(conn, acme.project, *lines)
    token = token_of(acme, "u1")
    body = told(get(acme, ME, token, days=5))
    with acme.engine.connect() as conn:
        found = my_usage(conn, viewer_as(conn, holder_of(conn, token).person), 5, now)
    assert body["totalRuns"] == found.runs == 5
    assert [(each["model"], each["runs"]) for each in body["modelUsage"]] == [
        (each.model, each.runs) for each in found.models
    ]


def test_what_one_person_was_told_is_told_to_nobody_else(acme):
    now = datetime.now(UTC).isoformat()
    with acme.engine.begin() as conn:
        write_runs(conn, acme.project, *[f"u1 seo-optimizer {now} credits=7"] * 3)
    tokens = [token_of(acme, who) for who in ("u1", "lead", "u2")]
    for _ in range(2):
        spent = [told(get(acme, ME, token))["creditsSpent"] for token in tokens]
        assert spent == [21, 0, 0]


def test_who_is_nobody_s_actor_has_no_usage(acme):
    body = told(get(acme, ME, token_of(acme, role="admin")))
    assert (body["totalRuns"], body["dailyActivity"], body["mostUsedModel"]) == (0, [], None)


def published(door):
    """Six members of a team run both packages yesterday, and it is published."""
    people = [f"m{number}" for number in range(6)]
    day = (datetime.now(UTC) - timedelta(days=1)).date()
    with door.engine.begin() as conn:
        write_members(conn, door.project, "Acme", *(f"{who} team=Back" for who in people))
        write_runs(
            conn,
            door.project,
            *(
                f"{who} {package} {day}T10:00Z organisation=Acme credits=2 duration=800 tokens=5"
                for who in people
                for package in ("seo-optimizer", "code-reviewer")
            ),
        )
        feed(conn, runs.c.project_id == door.project.id)
        publish(conn, datetime.now(UTC) + timedelta(days=1))
    return day


@thorough
def test_an_organisation_has_the_promised_keys_and_its_published_numbers(acme):
    day = published(acme)
    found = organisation(acme)
    body = told(get(acme, path_of(found.uid), token_of(acme, "lead")))
    told_keys, rows = keys(body | {"memberActivity": ORGANISATION["memberActivity"]})
    assert (told_keys, rows) == keys(ORGANISATION)
    assert body["memberActivity"] == []
    assert (body["orgId"], body["totalRuns"], body["activeMembers"]) == (str(found.uid), 12, 6)
    assert (body["totalCredits"], body["totalTokens"], body["avgDuration"]) == (24, 60, 800)
    row = {"date": day.isoformat(), "runs": 12, "active_members": 5, "credits": 24}
    assert body["dailyUsage"] == [row]
    assert [(each["name"], each["unique_users"]) for each in body["topPackages"]] == [
        ("code-reviewer", 5),
        ("seo-optimizer", 5),
    ]


@thorough
def test_a_foreign_organisation_and_a_missing_one_get_the_same_answer(acme, open_door):
    theirs = registry(open_door)
    published(theirs)
    tokens = {
        "the head of another": token_of(acme, "lead"),
        "a member who heads nothing": token_of(theirs, "u1"),
        "an administrator": token_of(theirs, role="admin"),
    }
    for who, token in tokens.items():
        answers = [get(theirs, path_of(uid), token) for uid in (organisation(theirs).uid, uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404], who
        assert answers[0].json() == answers[1].json()
        assert answers[0].headers.keys() == answers[1].headers.keys()


def test_who_heads_no_longer_sees_nothing(acme):
    token, path = token_of(acme, "lead"), path_of(organisation(acme).uid)
    assert get(acme, path, token).status_code == 200
    with acme.engine.begin() as conn:
        mine = organisation_members.c.project_id == acme.project.id
        conn.execute(update(organisation_members).where(mine).values(role="member"))
    assert get(acme, path, token).status_code == 404


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", "", "1.5", "9" * 40])
def test_days_are_1_to_365(acme, days):
    token = token_of(acme, "lead")
    for path in (ME, path_of(organisation(acme).uid)):
        assert get(acme, path, token, days=days).status_code == 422


@pytest.mark.parametrize("days", [1, 365])
def test_the_longest_and_the_shortest_range_are_answered(acme, days):
    token = token_of(acme, "lead")
    assert len(told(get(acme, ME, token, days=days))["dailyActivity"]) == days
    told(get(acme, path_of(organisation(acme).uid), token, days=days))


@pytest.mark.parametrize("path", [ME, path_of(UID)], ids=["person", "organisation"])
def test_nobody_reads_without_a_token_of_a_person(acme, path):
    assert acme.client.get(path).status_code == 401
    assert get(acme, path, "llt_unknown").status_code == 401
    assert get(acme, path, acme.key).status_code == 401


def test_what_is_private_is_kept_nowhere(acme):
    token = token_of(acme, "lead")
    for path in (ME, path_of(organisation(acme).uid)):
        assert get(acme, path, token).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("uid", ["x", "0" * 33, "%00", "' or 1=1 --", "é"])
def test_what_is_no_id_is_refused(acme, uid):
    assert get(acme, path_of(uid), token_of(acme, "lead")).status_code in (404, 422)


@thorough
def test_no_pseudonym_of_anybody_is_told(acme):
    published(acme)
    token = token_of(acme, "lead")
    text = get(acme, ME, token).text + get(acme, path_of(organisation(acme).uid), token).text
    with acme.engine.connect() as conn:
        secret = project_secret(conn, acme.project.id)
    for who in ("u1", "lead", "m0", "m1"):
        assert str(actor_key(secret, who)) not in text
