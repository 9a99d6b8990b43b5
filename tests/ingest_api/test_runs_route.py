"""Runs of packages: what is stored of them beside their events, and what is answered."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, update

from db.access import project_secret
from db.identity import actor_key
from db.tables import events, organisation_members, organisations, runs
from jobs.rollups import roll
from tests.ingest_api.registered import one, package_of, registry, stored, told
from tests.runs_written import write_packages

PATH = "/api/v1/analytics/runs"
SEED = {
    "package_version": "1.2.0",
    "session_id": "s1",
    "model": "claude-3-5-sonnet-20241022",
    "tokens_used": 1823,
    "duration_ms": 2100,
    "credits_spent": 2,
    "request_size_bytes": 900,
    "response_size_bytes": 4100,
    "input_length": 210,
    "output_length": 980,
    "error_occurred": False,
    "comparison_mode": True,
}


def run(**members):
    return {"package": "code-reviewer", "user_id": "u1"} | members


@pytest.fixture
def door(open_door):
    return registry(open_door)


def test_a_run_is_kept_with_all_that_the_seed_tells_of_it(door):
    package = package_of(door)
    acme = one(door, organisations)
    sent = SEED | {"user_id": "u1", "package_id": str(package.uid), "org_id": str(acme.uid)}
    answer = told(door.send(sent, PATH))
    assert answer == {"status": "ok", "id": answer["id"], "duplicate": False, "dropped": None}
    row = one(door, runs)
    with door.engine.connect() as conn:
        assert row.actor_key == actor_key(project_secret(conn, door.project.id), "u1")
    assert (str(row.run_id), row.package_id, row.kind) == (answer["id"], package.id, "run")
    assert (row.version, row.model, row.tokens) == ("1.2.0", SEED["model"], 1823)
    assert (row.duration_ms, row.credits, row.comparison, row.ok) == (2100, 2, True, True)
    assert (row.request_bytes, row.response_bytes) == (900, 4100)
    assert (row.input_length, row.output_length) == (210, 980)
    assert (row.organisation_id, row.team) == (acme.id, "Frontend")


def test_a_run_is_an_event_as_well(door):
    told(door.send(run(version="2.0", credits=3, duration_ms=20, error_type="timeout"), PATH))
    event, row = one(door, events), one(door, runs)
    assert (event.name, event.subject, event.app_version) == (
        "package_run",
        "code-reviewer",
        "2.0",
    )
    assert (event.value, event.ok, event.error_type) == (3, False, "timeout")
    shared = ("actor_key", "occurred_at", "batch_id", "session_key", "duration_ms", "error_type")
    assert [getattr(event, each) for each in shared] == [getattr(row, each) for each in shared]
    assert (event.event_id, event.purpose) == (row.run_id, "usage")
    assert door.outcomes() == {"accepted": 1}


def test_what_is_not_told_is_not_made_up(door):
    told(door.send(run(), PATH))
    row = one(door, runs)
    assert (row.tokens, row.duration_ms, row.request_bytes, row.input_length) == (None,) * 4
    assert (row.credits, row.ok, row.comparison, row.organisation_id) == (0, True, False, 0)
    assert one(door, events).value is None


@pytest.mark.parametrize(
    ("said", "ok", "error_type"),
    [
        ({"success": False}, False, "error"),
        ({"error_occurred": True}, False, "error"),
        ({"error_message": "no answer"}, False, "error"),
        ({"error_type": "timeout"}, False, "timeout"),
        ({"success": False, "error_type": "timeout"}, False, "timeout"),
        ({"success": True, "error_occurred": False, "error_type": ""}, True, ""),
    ],
)
def test_a_run_failed_where_anything_says_so(door, said, ok, error_type):
    told(door.send(run(**said), PATH))
    assert stored(door, "ok", "error_type") == [(ok, error_type)]


@pytest.mark.parametrize(
    "said",
    [
        {"success": True, "error_type": "timeout"},
        {"success": True, "error_occurred": True},
        {"success": False, "error_occurred": False},
    ],
)
def test_a_run_that_contradicts_itself_is_a_mistake(door, said):
    answer = door.send(run(**said), PATH)
    assert (answer.status_code, "succe" in answer.json()["detail"]) == (422, True)


def test_a_batch_is_answered_with_an_id_for_each_that_is_kept(door):
    first, other = str(uuid4()), "my own id"
    batch = [
        run(run_id=first),
        run(package="nobody-knows"),
        run(run_id=other, package="seo-optimizer"),
        run(run_id=first),
    ]
    answer = told(door.send({"runs": batch}, PATH))
    assert {name: answer[name] for name in ("status", "processed", "accepted", "duplicates")} == {
        "status": "success",
        "processed": 3,
        "accepted": 2,
        "duplicates": 1,
    }
    assert answer["rejected"] == [
        {
            "index": 1,
            "reason": "invalid",
            "message": "package: no package of this project has this name; register it first",
        }
    ]
    hashed = answer["ids"][2]
    assert answer["ids"] == [first, None, hashed, first]
    assert {str(row[0]) for row in stored(door, "run_id")} == {first, hashed}
    assert UUID(hashed).version == 5


def test_a_bare_list_is_a_batch(door):
    answer = told(door.send([run(), run()], PATH))
    assert (answer["accepted"], len(set(answer["ids"]))) == (2, 2)


@pytest.mark.parametrize("timed", [True, False])
def test_the_same_run_again_is_stored_once(door, timed):
    moment = {"timestamp": datetime.now(UTC).isoformat()} if timed else {}
    sent = run(run_id=str(uuid4()), **moment)
    answers = [told(door.send(sent, PATH)) for _ in range(2)]
    assert [answer["duplicate"] for answer in answers] == [False, True]
    assert [answer["id"] for answer in answers] == [sent["run_id"]] * 2
    assert len(stored(door, "run_id")) == 1
    assert door.outcomes() == {"accepted": 1, "duplicate": 1}


def test_a_batch_with_repetitions_stores_the_new_runs_alone(door):
    now = datetime.now(UTC).isoformat()
    batch = [run(run_id=str(uuid4()), timestamp=now) for _ in range(4)]
    assert told(door.send(batch[:2], PATH))["accepted"] == 2
    answer = told(door.send(batch, PATH))
    assert (answer["accepted"], answer["duplicates"]) == (2, 2)
    assert sorted(str(row[0]) for row in stored(door, "run_id")) == sorted(
        each["run_id"] for each in batch
    )


def test_packages_of_other_projects_are_unknown(open_door, door):
    with door.engine.begin() as conn:
        write_packages(conn, door.project, "theirs")
    uid = str(package_of(door, "theirs").uid)
    mine = registry(open_door)
    for called in ("theirs", uid):
        assert mine.send(run(package=called), PATH).status_code == 422
    assert stored(mine, "run_id") == []


def test_a_package_can_be_used_the_moment_it_is_registered(door):
    assert door.send(run(package="late"), PATH).status_code == 422
    with door.engine.begin() as conn:
        write_packages(conn, door.project, "late")
    assert told(door.send(run(package="late"), PATH))["id"]


@pytest.mark.parametrize("who", ["stranger", "u1"])
def test_an_organisation_is_kept_for_its_members_alone(door, who):
    acme = one(door, organisations)
    for called in (acme.name, str(acme.uid), str(acme.uid).upper()):
        told(door.send(run(user_id=who, organization=called), PATH))
    place = (acme.id, "Frontend") if who == "u1" else (0, "")
    assert stored(door, "organisation_id", "team") == [place] * 3


def test_the_organisation_of_another_project_is_none(open_door, door):
    mine = registry(open_door)
    told(mine.send(run(organization=str(one(door, organisations).uid)), PATH))
    assert stored(mine, "organisation_id") == [(0,)]


def test_membership_is_read_when_a_run_is_stored(door):
    acme = one(door, organisations)
    told(door.send(run(organisation="Acme"), PATH))
    mine = organisation_members.c.username == "u1"
    ours = organisation_members.c.project_id == door.project.id
    with door.engine.begin() as conn:
        conn.execute(update(organisation_members).where(mine, ours).values(team="Backend"))
    told(door.send(run(organisation="Acme"), PATH))
    with door.engine.begin() as conn:
        conn.execute(delete(organisation_members).where(mine, ours))
    told(door.send(run(organisation="Acme"), PATH))
    assert stored(door, "organisation_id", "team") == [
        (acme.id, "Frontend"),
        (acme.id, "Backend"),
        (0, ""),
    ]


def test_a_person_without_consent_has_no_runs(open_door):
    door = registry(open_door, consent="opt-in")
    answer = told(door.send(run(), PATH))
    assert (answer["id"], answer["dropped"]) == (None, "no_consent")
    granted = told(door.send(run(consent=["usage"], country="DE"), PATH))
    assert granted["id"]
    assert stored(door, "country") == [("",)]
    both = {"runs": [run(user_id="u2"), run(user_id="u1")]}
    answer = told(door.send(both, PATH))
    assert (answer["dropped"], [bool(each) for each in answer["ids"]]) == (
        {"no_consent": 1},
        [False, True],
    )


def test_a_country_is_kept_with_the_run_where_that_is_granted(open_door):
    door = registry(open_door, consent="opt-in")
    told(door.send(run(consent=["usage", "geography"], country="de"), PATH))
    assert stored(door, "country") == [("DE",)]


@pytest.mark.parametrize("how", [{"DNT": "1"}, {"Sec_GPC": "1"}])
def test_who_asks_not_to_be_tracked_is_not(door, how):
    answer = told(door.send(run(), PATH, **how))
    assert (answer["id"], answer["dropped"]) == (None, "do_not_track")
    assert told(door.send(run(do_not_track=True), PATH))["dropped"] == "do_not_track"
    assert stored(door, "run_id") == []


def test_an_anonymous_project_has_runs_of_nobody(open_door):
    door = registry(open_door, consent="anonymous")
    told(door.send(run(organization="Acme", session_id="s1"), PATH))
    assert stored(door, "actor_key", "session_key", "organisation_id") == [(0, None, 0)]


@pytest.mark.parametrize("path", [PATH, "/api/v1/analytics/downloads"])
@pytest.mark.parametrize("who", [{}, {"session_id": "tab-1"}, {"user_id": "", "session_id": "s"}])
def test_a_session_is_no_person(door, path, who):
    answer = door.send({"package": "code-reviewer"} | who, path)
    assert (answer.status_code, answer.json()["detail"][:16]) == (422, "user_id: needed:")
    named = {"package": "code-reviewer", "anonymous_id": "device-7"}
    many = told(door.send([{"package": "code-reviewer"} | who, named], path))
    assert [each["index"] for each in many["rejected"]] == [0]
    assert len(stored(door, "run_id")) == 1


def test_an_anonymous_project_needs_no_user_id(open_door):
    door = registry(open_door, consent="anonymous")
    told(door.send({"package": "code-reviewer", "session_id": "s1"}, PATH))
    told(door.send({"package": "code-reviewer"}, PATH))
    assert stored(door, "actor_key") == [(0,), (0,)]


COUNTS = ("tokens", "credits", "request_size_bytes", "response_size_bytes", "input_length")


@pytest.mark.parametrize("count", [*COUNTS, "output_length"])
def test_counts_are_small_enough_that_their_sums_can_be_kept(door, count):
    answer = door.send(run(**{count: 2**31}), PATH)
    assert (answer.status_code, answer.json()["detail"][: len(count)]) == (422, count)
    told(door.send([run(**{count: 2**31 - 1})] * 3, PATH))
    roll(door.engine)
    assert len(stored(door, "run_id")) == 3


def test_the_message_of_an_error_is_masked_and_cut(door):
    message = "No answer for u1-jane.roe@mail.example from 203.0.113.77: " + "x" * 500
    told(door.send(run(user_id="person-77", error_message=f"person-77: {message}"), PATH))
    properties = one(door, events).properties
    kept = properties.pop("error_message")
    assert properties == {}
    assert kept.startswith("[removed]: No answer for [removed] from [removed]: xxx")
    assert len(kept) == 200


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"package": ""}, "package"),
        ({"package": "a\x00b"}, "package"),
        ({"package": 7}, "package"),
        ({"user_id": None}, "user_id"),
        ({"tokens": -1}, "tokens"),
        ({"tokens": 2**63}, "tokens"),
        ({"credits": 2**31}, "credits"),
        ({"credits": 0.5}, "credits"),
        ({"duration_ms": "nan"}, "duration_ms"),
        ({"input_length": -5}, "input_length"),
        ({"country": "Germany"}, "country"),
        ({"timestamp": "2999-01-01T00:00:00Z"}, "timestamp"),
        ({"input": "the secret plan"}, "input"),
        ({"prompt": {"text": "the secret plan"}}, "prompt"),
        ({"sent_at": "now"}, "sent_at"),
        ({"consent": ["everything"]}, "consent"),
    ],
)
def test_a_mistake_is_told_with_its_field_and_without_its_value(door, said, field):
    answer = door.send(run(**said), PATH)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert "secret" not in answer.text
    assert stored(door, "run_id") == []


@pytest.mark.parametrize(("months", "kept"), [(None, 12), (24, 12), (3, 3)])
def test_a_run_that_would_be_dropped_by_its_age_is_not_taken(open_door, months, kept):
    """Or else it could be sent, counted and dropped again and again."""
    door = registry(open_door, retention_months=months)
    edge = datetime.now(UTC) - relativedelta(months=kept)
    old = run(timestamp=(edge - timedelta(minutes=1)).isoformat())
    recent = run(timestamp=(edge + timedelta(minutes=1)).isoformat())
    answer = told(door.send([old, recent], PATH))
    assert [each["reason"] for each in answer["rejected"]] == ["too_old"]
    assert answer["accepted"] == 1


@pytest.mark.parametrize("body", [[], {"runs": []}])
def test_nothing_is_nothing(door, body):
    assert told(door.send(body, PATH))["processed"] == 0


@pytest.mark.parametrize("body", ["text", 7, None, {"runs": {}}, {"runs": None}])
def test_what_is_no_run_is_refused(door, body):
    assert door.send(body, PATH).status_code == 422


def test_a_crawler_runs_nothing(door):
    bot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    assert told(door.send(run(), PATH, User_Agent=bot))["dropped"] == "bot"


def test_ones_own_package_is_called_as_everybody_elses(door):
    """Or else the blotted out name would tell who runs it."""
    with door.engine.begin() as conn:
        write_packages(conn, door.project, "jane-roe/tool")
    told(door.send(run(user_id="jane-roe", package="jane-roe/tool", model="jane-roe's"), PATH))
    assert one(door, events).subject == "jane-roe/tool"
    assert stored(door, "model") == [("[removed]'s",)]


def test_keys_and_limits_are_those_of_events(door, open_door):
    assert door.client.post(PATH, json=run()).status_code == 401
    reader = open_door(scope="read")
    assert reader.send(run(), PATH).status_code == 403
    many = {"runs": [run()] * 10_001}
    assert door.send(many, PATH).status_code == 413
    assert door.send(run(), PATH + "/").status_code == 200
