"""Packages and organisations are managed by who may, with a token of scope manage."""

import pytest
from sqlalchemy import select, update

from db.accounts import close_account, find_person
from db.members import set_member
from db.organisations import create_organisation
from db.packages import create_package
from db.tables import access_tokens, people
from db.tokens import list_tokens, revoke_token
from tests.ingest_api.callers import becomes_author, becomes_user, caller, stranger

PACKAGES, ORGANISATIONS = "/api/v1/packages", "/api/v1/organizations"


@pytest.fixture
def admin(door):
    return caller(door, "admin")


@pytest.fixture
def package(door):
    with door.engine.begin() as conn:
        return create_package(conn, door.project.id, "code-reviewer")


@pytest.fixture
def author(door, package):
    who = caller(door, "author")
    becomes_author(who, package)
    return who


@pytest.fixture
def acme(door):
    """An organisation whose owner is the user olga."""
    with door.engine.begin() as conn:
        made = create_organisation(conn, door.project.id, "Acme", 50)
    caller(door, "admin").told(
        "POST", f"{ORGANISATIONS}/{made.uid}/members", member("olga", role="owner")
    )
    return made


@pytest.fixture
def owner(door, acme):
    who = caller(door)
    becomes_user(who, door, "olga")
    return who


def member(user, **chosen):
    return {"user_id": user, "username": user} | chosen


def names(members):
    return {each["username"]: each["role"] for each in members["members"]}


# Packages -----------------------------------------------------------------------------------


def test_an_administrator_registers_packages(door, admin):
    new = {"project": door.project.name, "name": "bug-finder", "summary": "Finds bugs"}
    made = admin.told("POST", PACKAGES, new | {"public": True})
    assert (made["name"], made["summary"], made["public"]) == ("bug-finder", "Finds bugs", True)
    assert made in admin.told("GET", PACKAGES)["packages"]
    again = admin.call("POST", PACKAGES, new)
    assert (again.status_code, "bug-finder" in again.json()["detail"]) == (409, True)
    nowhere = admin.call("POST", PACKAGES, new | {"project": "nowhere"})
    assert nowhere.status_code == 404


def test_others_register_nothing_and_learn_nothing_of_projects(door, author, owner):
    for who in (author, owner):
        for project in (door.project.name, "nowhere"):
            answer = who.call("POST", PACKAGES, {"project": project, "name": "x"})
            assert (answer.status_code, answer.json()["detail"]) == (
                403,
                "Administrators of this installation do that.",
            )


def test_an_author_changes_their_package(author, package):
    one = f"{PACKAGES}/{package.uid}"
    changed = author.told("PUT", one, {"summary": "Reads changes", "public": True})
    assert (changed["name"], changed["summary"], changed["public"]) == (
        "code-reviewer",
        "Reads changes",
        True,
    )
    assert author.told("GET", PACKAGES) == {"packages": [changed]}


def test_an_author_notes_releases(author, package):
    versions = f"{PACKAGES}/{package.uid}/versions"
    at = "2026-03-01T10:00:00Z"
    author.told("POST", versions, {"version": "1.0", "released_at": at})
    noted = author.told("POST", versions, {"version": "2.0"})
    assert [each["version"] for each in noted["versions"]] == ["2.0", "1.0"]
    assert noted["versions"][1]["released_at"] == at
    assert author.told("GET", versions) == noted
    left = author.told("DELETE", versions, version="2.0")
    assert [each["version"] for each in left["versions"]] == ["1.0"]
    assert author.told("DELETE", versions, version="2.0") == left


def test_who_is_made_an_author_is_told_the_same_whether_we_know_them(door, author, package):
    authors = f"{PACKAGES}/{package.uid}/authors"
    known, unknown = caller(door, "executive").email, "unknown@x.example"
    for email in (known, unknown):
        added = author.told("POST", authors, {"email": email})
        assert added["authors"] == sorted([author.email, email])
        assert author.told("DELETE", authors, email=email)["authors"] == [author.email]
    assert author.told("GET", authors)["authors"] == [author.email]


def test_the_last_author_is_taken_away_by_administrators_alone(admin, author, package):
    authors = f"{PACKAGES}/{package.uid}/authors"
    refused = author.call("DELETE", authors, email=author.email)
    assert (refused.status_code, "last author" in refused.json()["detail"]) == (422, True)
    assert author.told("GET", authors)["authors"] == [author.email]
    assert admin.told("DELETE", authors, email=author.email)["authors"] == []


def test_naming_authors_and_taking_them_away_leaves_nobody_behind(door, author, package):
    authors = f"{PACKAGES}/{package.uid}/authors"
    for number in range(3):
        email = f"passing-{number}@x.example"
        author.told("POST", authors, {"email": email})
        author.told("DELETE", authors, email=email)
    with door.engine.connect() as conn:
        left = select(people.c.email).where(people.c.email.like("passing-%"))
        assert conn.execute(left).all() == []


# Organisations ------------------------------------------------------------------------------


def test_an_administrator_sets_organisations_up(door, admin):
    new = {"project": door.project.name, "name": "Globex", "seats": 20, "leaderboard": True}
    made = admin.told("POST", ORGANISATIONS, new)
    assert (made["name"], made["seats"], made["leaderboard"]) == ("Globex", 20, True)
    assert made in admin.told("GET", ORGANISATIONS)["organizations"]
    assert admin.call("POST", ORGANISATIONS, new).status_code == 409


def test_an_owner_changes_their_organisation(owner, acme):
    rates = {"hourly_rate": {"low": 40, "likely": 60, "high": 80}, "seat_price": 2.5}
    changed = owner.told("PUT", f"{ORGANISATIONS}/{acme.uid}", {"seats": 60, "assumptions": rates})
    assert (changed["name"], changed["seats"], changed["assumptions"]) == ("Acme", 60, rates)
    assert owner.told("GET", ORGANISATIONS) == {"organizations": [changed]}


def test_an_owner_takes_members_in_and_lets_them_go(owner, acme):
    members = f"{ORGANISATIONS}/{acme.uid}/members"
    owner.told("POST", members, member("ann", team="Backend"))
    now = owner.told("POST", members, member("ann", role="admin", team="Frontend"))
    assert names(now) == {"ann": "admin", "olga": "owner"}
    assert now["members"][0]["team"] == "Frontend"
    assert "actor_key" not in str(now)
    assert owner.told("GET", members) == now
    assert names(owner.told("DELETE", members, user_id="ann")) == {"olga": "owner"}
    assert owner.call("DELETE", members, user_id="ann").status_code == 404
    last = owner.call("DELETE", members, user_id="olga")
    assert (last.status_code, "last owner" in last.json()["detail"]) == (422, True)


def test_an_admin_of_an_organisation_makes_and_unmakes_no_owner(door, owner, acme):
    members = f"{ORGANISATIONS}/{acme.uid}/members"
    owner.told("POST", members, member("ann", role="admin"))
    ann = caller(door)
    becomes_user(ann, door, "ann")
    ann.told("POST", members, member("bob", role="admin"))
    for act in (
        ("POST", members, member("bob", role="owner")),
        ("POST", members, member("ann", role="owner")),
        ("POST", members, member("olga", role="member")),
    ):
        assert ann.call(*act).status_code == 403
    assert ann.call("DELETE", members, user_id="olga").status_code == 403
    assert names(owner.told("GET", members)) == {"ann": "admin", "bob": "admin", "olga": "owner"}
    owner.told("POST", members, member("ann", role="owner"))
    assert names(ann.told("DELETE", members, user_id="olga")) == {"ann": "owner", "bob": "admin"}
    assert owner.call("GET", members).status_code == 404


def test_a_member_who_heads_nothing_manages_nothing(door, owner, acme):
    owner.told("POST", f"{ORGANISATIONS}/{acme.uid}/members", member("ann"))
    ann = caller(door)
    becomes_user(ann, door, "ann")
    assert ann.told("GET", ORGANISATIONS) == {"organizations": []}
    assert ann.call("GET", f"{ORGANISATIONS}/{acme.uid}/members").status_code == 404


# Tokens -------------------------------------------------------------------------------------


def test_a_token_for_reading_lists_and_changes_nothing(door, package, acme):
    who = caller(door, "admin", scope="read")
    assert who.told("GET", f"{PACKAGES}/{package.uid}/versions") == {"versions": []}
    for method, path, body in (
        ("POST", PACKAGES, {"project": door.project.name, "name": "x"}),
        ("PUT", f"{PACKAGES}/{package.uid}", {"public": True}),
        ("POST", f"{ORGANISATIONS}/{acme.uid}/members", member("ann")),
        ("DELETE", f"{ORGANISATIONS}/{acme.uid}/members", None),
    ):
        answer = who.call(method, path, body, **({} if body else {"user_id": "olga"}))
        assert (answer.status_code, "manage" in answer.json()["detail"]) == (403, True)


def test_a_token_that_is_over_revoked_or_of_a_closed_account_is_unknown(door, package):
    def end_account(conn, person_id):
        close_account(conn, person_id)

    def revoke(conn, person_id):
        revoke_token(conn, person_id, list_tokens(conn, person_id)[0].id)

    def expire(conn, person_id):
        theirs = update(access_tokens).where(access_tokens.c.person_id == person_id)
        conn.execute(theirs.values(expires_at=access_tokens.c.created_at))

    for end in (end_account, revoke, expire):
        who = caller(door, "admin")
        who.told("GET", PACKAGES)
        with door.engine.begin() as conn:
            end(conn, find_person(conn, who.email).id)
        answer = who.call("GET", PACKAGES)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer llt_unknown"},
        {"Authorization": "Basic llt_unknown"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer lls_session"},
    ],
)
def test_without_a_token_that_is_known_nothing_is_read_of_the_body(door, headers):
    answer = door.client.post(PACKAGES, content=b"no json", headers=headers)
    assert answer.status_code == 401
    with_key = door.client.post(PACKAGES, content=b"no json", headers={"X-API-Key": door.key})
    assert with_key.status_code == 401


def test_a_key_of_a_project_is_no_token(door):
    answer = door.client.get(PACKAGES, headers={"Authorization": f"Bearer {door.key}"})
    assert answer.status_code == 401


# What is sent -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "project"),
        ({"project": "p"}, "name"),
        ({"project": "p", "name": ""}, "name"),
        ({"project": "p\x00", "name": "x"}, "project"),
        ({"project": "p", "name": "x", "public": "yes"}, "public"),
        ({"project": "p", "name": "x", "owner": "me"}, "owner"),
        ([], "object"),
    ],
)
def test_a_body_that_is_no_package_is_a_422_that_names_the_field(admin, body, field):
    answer = admin.call("POST", PACKAGES, body)
    assert (answer.status_code, field in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"name": "a\x00b"}, "name"),
        ("", {"name": "0195e0c2-93c5-7d9a-9d51-111111111111"}, "name"),
        ("", {"summary": "x" * 301}, "summary"),
        ("/versions", {"version": "\x00"}, "version"),
        ("/versions", {"version": "1\n2"}, "version"),
        ("/versions", {"version": "1", "released_at": "soon"}, "released_at"),
        ("/authors", {"email": "nobody"}, "email"),
        ("/authors", {"email": "a\x00@x.example"}, "email"),
    ],
)
def test_hostile_texts_of_packages_are_refused(author, package, path, body, field):
    method = "POST" if path else "PUT"
    answer = author.call(method, f"{PACKAGES}/{package.uid}{path}", body)
    assert (answer.status_code, field in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"seats": 0}, "seats"),
        ("", {"seats": True}, "seats"),
        ("", {"assumptions": {"hourly_rate": -1}}, "assumptions"),
        ("", {"assumptions": {"Rate!": 1}}, "assumptions"),
        ("", {"assumptions": {"hourly_rate": {"low": 3, "likely": 2, "high": 1}}}, "assumptions"),
        ("", {"assumptions": {"hourly_rte": 70}}, "minutes_saved_per_run, hourly_rate, plan_price"),
        ("", {"assumptions": {"pack_credit_price": 1}}, "seat_price, credit_price"),
        ("/members", {"user_id": "", "username": "x"}, "user_id"),
        ("/members", {"user_id": "u", "username": "\u202ex"}, "username"),
        ("/members", {"user_id": "u", "username": "x", "role": "god"}, "role"),
        ("/members", {"user_id": "u", "username": "x", "team": "a\x00"}, "team"),
    ],
)
def test_hostile_texts_of_organisations_are_refused(owner, acme, path, body, field):
    method = "POST" if path else "PUT"
    answer = owner.call(method, f"{ORGANISATIONS}/{acme.uid}{path}", body)
    assert (answer.status_code, field in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"{PACKAGES}/{{}}/versions", {"version": "\x00"}),
        (f"{PACKAGES}/{{}}/authors", {"email": "a@\x00"}),
        (f"{PACKAGES}/not-an-id/authors", {"email": "a@x.example"}),
        (f"{ORGANISATIONS}/{{}}/members", {"user_id": "\x00"}),
        (f"{ORGANISATIONS}/{{}}/members", {}),
    ],
)
def test_hostile_addresses_are_refused(admin, package, path, query):
    answer = admin.call("DELETE", path.format(package.uid), **query)
    assert answer.status_code == 422


def test_who_gives_their_role_up_still_needs_an_owner_to_be_left(door, owner, acme):
    with door.engine.begin() as conn:
        set_member(conn, acme.id, 12345, "otto", role="owner")
    gone = owner.told("DELETE", f"{ORGANISATIONS}/{acme.uid}/members", user_id="olga")
    assert names(gone) == {"otto": "owner"}
    assert stranger(door).call("GET", ORGANISATIONS).status_code == 401
