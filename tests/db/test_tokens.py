"""Personal access tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from db import tokens
from db.access import ensure_person
from db.accounts import close_account
from db.errors import BadToken, UnknownToken
from db.tables import access_tokens


@pytest.fixture
def ann(conn, project):
    return ensure_person(conn, "ann@x.example", "author", (project.id,))


def test_a_token_says_whose_it_is_and_is_kept_as_a_hash(conn, project, ann):
    token = tokens.create_token(conn, ann, " laptop ", "manage")
    held = tokens.holder_of(conn, token)
    assert (held.person.id, held.person.role, held.scope) == (ann, "author", "manage")
    assert held.person.projects == {project.id}
    (kept,) = tokens.list_tokens(conn, ann)
    assert (kept.name, kept.hint, kept.scope) == ("laptop", token[:9], "manage")
    stored = conn.execute(select(access_tokens)).one()
    assert token not in str(stored)
    assert token[9:] not in str(stored)
    assert abs(kept.expires_at - datetime.now(UTC) - timedelta(days=90)) < timedelta(minutes=1)


def test_a_revoked_an_expired_and_an_unknown_token_are_nobodys(conn, ann):
    revoked, expired, good = (tokens.create_token(conn, ann, name) for name in "abc")
    good_one, expired_one, revoked_one = tokens.list_tokens(conn, ann)
    tokens.revoke_token(conn, ann, revoked_one.id)
    past = update(access_tokens).where(access_tokens.c.id == expired_one.id)
    conn.execute(past.values(expires_at=datetime.now(UTC) - timedelta(minutes=1)))
    assert [tokens.holder_of(conn, each) for each in (revoked, expired, "", "llt_x", "\x00")] == (
        [None] * 5
    )
    assert tokens.holder_of(conn, good).scope == "read"
    assert tokens.list_tokens(conn, ann) == [good_one]


def test_a_token_is_revoked_by_its_person_alone_and_once(conn, ann):
    tokens.create_token(conn, ann, "a")
    (one,) = tokens.list_tokens(conn, ann)
    other = ensure_person(conn, "bob@x.example", "admin")
    for person, token in ((other, one.id), (ann, 0)):
        with pytest.raises(UnknownToken):
            tokens.revoke_token(conn, person, token)
    tokens.revoke_token(conn, ann, one.id)
    with pytest.raises(UnknownToken):
        tokens.revoke_token(conn, ann, one.id)


def test_a_closed_account_has_no_tokens(conn, ann):
    token = tokens.create_token(conn, ann, "a")
    close_account(conn, ann)
    assert tokens.holder_of(conn, token) is None
    late = tokens.create_token(conn, ann, "b")
    assert tokens.holder_of(conn, late) is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"scope": "write"}, "scope"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
    ],
)
def test_what_no_token_can_be_is_told(conn, ann, given, field):
    with pytest.raises(BadToken, match=f"^{field}: "):
        tokens.create_token(conn, ann, **({"name": "a"} | given))


def test_a_person_has_so_many_tokens(conn, ann, monkeypatch):
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    tokens.create_token(conn, ann, "a")
    with pytest.raises(BadToken, match="revoke one"):
        tokens.create_token(conn, ann, "b")
    tokens.revoke_token(conn, ann, tokens.list_tokens(conn, ann)[0].id)
    tokens.create_token(conn, ann, "b")
