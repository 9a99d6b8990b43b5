"""Projects, keys, people, invitations and sign-ins."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from db import access
from db.errors import BadAccessLink, BadSetting, LooplensError, ProjectExists, UnknownProject
from db.identity import token_hash
from db.tables import api_keys, invites, people, sign_ins

# Projects ------------------------------------------------------------------------------------


def test_a_project_asks_for_consent_and_keeps_a_year_unless_told_otherwise(conn):
    made = access.create_project(conn, "shop")
    assert (made.consent, made.timezone, made.retention_months) == ("opt-in", "UTC", 12)
    assert not made.keyless_track
    assert access.find_project(conn, "shop") == made


def test_every_project_has_a_secret_of_its_own(conn):
    first, second = (access.create_project(conn, name).id for name in ("a", "b"))
    secrets = {access.project_secret(conn, each) for each in (first, second)}
    assert [len(secret) for secret in secrets] == [32, 32]


def test_a_name_is_taken_once_and_the_mistake_breaks_nothing(conn):
    access.create_project(conn, "shop")
    with pytest.raises(ProjectExists, match="'shop' exists"):
        access.create_project(conn, "shop")
    assert [each.name for each in access.list_projects(conn)] == ["shop"]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "shop "}, "name"),
        ({"consent": "perhaps"}, "perhaps"),
        ({"timezone": "Berlin"}, "Berlin"),
        ({"timezone": "../etc/passwd"}, "time zone"),
        ({"retention_months": 0}, "Retention"),
        ({"retention_months": 1201}, "Retention"),
    ],
)
def test_a_setting_that_can_not_be_is_told_in_a_sentence(conn, settings, named):
    with pytest.raises(BadSetting, match=named):
        access.create_project(conn, **{"name": "shop"} | settings)


def test_a_zone_that_only_the_machine_knows_is_refused(conn, monkeypatch):
    monkeypatch.setattr(access, "_time_zones", lambda: {"localtime"})  # a link of Debian's
    with pytest.raises(BadSetting, match="knows no time zone 'localtime'"):
        access.create_project(conn, "shop", timezone="localtime")
    assert access.list_projects(conn) == []


def test_a_project_that_nobody_made_is_unknown(conn):
    with pytest.raises(UnknownProject, match="nowhere"):
        access.find_project(conn, "nowhere")


def test_a_demo_has_a_person_of_every_role_and_they_may_see_it(conn):
    demo = access.create_demo(conn, "demo")
    offered = access.personas(conn)
    assert {person.role for person in offered} == set(access.PERSONAS)
    assert all(person.projects == {demo.id} for person in offered)


# Keys ----------------------------------------------------------------------------------------


def test_of_a_key_only_its_hash_and_first_characters_are_stored(conn, project):
    key = access.create_key(conn, project.id, "ingest")
    row = conn.execute(select(api_keys)).one()
    assert (row.scope, row.hint, row.key_hash) == ("ingest", key[:9], token_hash(key))
    assert key[9:] not in str(row)


@pytest.mark.parametrize("by", ["key", "hint"])
def test_a_key_is_revoked_once_and_others_stay(conn, project, by):
    key, other = (access.create_key(conn, project.id, "read") for _ in range(2))
    named = key if by == "key" else key[:9]
    assert [access.revoke_key(conn, named), access.revoke_key(conn, named)] == [1, 0]
    valid = select(api_keys.c.key_hash).where(api_keys.c.revoked_at.is_(None))
    assert conn.execute(valid).scalars().all() == [token_hash(other)]


# People --------------------------------------------------------------------------------------


def test_an_invitation_signs_in_once_with_its_role_and_projects(conn, project):
    token = access.invite(conn, "Jane@Mail.Example", "product", (project.id,))
    session = access.accept_invite(conn, token)
    person = access.person_of(conn, session)
    assert (person.email, person.role, person.projects) == (
        "jane@mail.example",
        "product",
        {project.id},
    )
    with pytest.raises(BadAccessLink):
        access.accept_invite(conn, token)


@pytest.mark.parametrize("token", ["", "unknown", "\ud800", "x" * 10_000])
def test_what_is_no_token_lets_nobody_in(conn, token):
    assert access.person_of(conn, token) is None
    with pytest.raises(BadAccessLink):
        access.accept_invite(conn, token)


def test_an_invitation_runs_out_after_a_week(conn):
    token = access.invite(conn, "jane@mail.example", "product")
    past = datetime.now(UTC) - timedelta(hours=1)
    lasts = conn.execute(select(invites.c.expires_at - invites.c.created_at)).scalar_one()
    assert abs(lasts - timedelta(days=7)) < timedelta(minutes=1)
    conn.execute(update(invites).values(expires_at=past))
    with pytest.raises(BadAccessLink):
        access.accept_invite(conn, token)


def test_a_sign_in_ends_when_its_person_says_so_or_after_two_weeks(conn):
    person = access.ensure_person(conn, "jane@mail.example", "product")
    first, second = access.sign_in(conn, person), access.sign_in(conn, person)
    access.sign_out(conn, first)
    assert access.person_of(conn, first) is None
    assert access.person_of(conn, second).id == person
    conn.execute(update(sign_ins).values(expires_at=datetime.now(UTC) - timedelta(hours=1)))
    assert access.person_of(conn, second) is None


def test_tokens_are_stored_as_hashes(conn):
    token = access.invite(conn, "jane@mail.example", "product")
    session = access.accept_invite(conn, token)
    stored = [conn.execute(text(f"SELECT t::text FROM {t} t")).scalar_one() for t in TOKENS]
    assert not any(secret in row for secret in (token, session) for row in stored)


TOKENS = ("invites", "sign_ins")


def test_an_administrator_sees_every_project_also_later_ones(conn, project):
    session = access.accept_invite(conn, access.invite(conn, "root@mail.example", "admin"))
    later = access.create_project(conn, "later")
    assert access.person_of(conn, session).projects >= {project.id, later.id}


def test_somebody_without_projects_sees_none(conn, project):
    session = access.accept_invite(conn, access.invite(conn, "a@mail.example", "product"))
    assert access.person_of(conn, session).projects == frozenset()


def test_inviting_somebody_again_changes_the_role_and_adds_projects(conn, project, berlin):
    access.invite(conn, "jane@mail.example", "product", (project.id,))
    token = access.invite(conn, "JANE@mail.example", "executive", (berlin.id,))
    person = access.person_of(conn, access.accept_invite(conn, token))
    assert (person.role, person.projects) == ("executive", {project.id, berlin.id})
    assert conn.execute(select(func.count()).select_from(people)).scalar_one() == 1


@pytest.mark.parametrize(
    ("email", "role"),
    [
        ("a@b", "king"),
        *(
            (email, "product")
            for email in ("nobody", "a@b\n", "a@" + "b" * 260, "@b", "a@", "a b@c.d", "a@b,d@e")
        ),
        *((email, "product") for email in ("<script>@x.y", "a@b@c", "a;b@c", '"a"@b.c')),
    ],
)
def test_nobody_is_invited_without_an_address_and_a_role(conn, email, role):
    with pytest.raises(BadSetting):
        access.invite(conn, email, role)


def test_every_error_has_a_sentence_of_its_own():
    assert str(BadAccessLink()) == BadAccessLink.__doc__
    assert all(error.__doc__ for error in LooplensError.__subclasses__())
