"""The commands about packages, organisations and accounts, on a database of their own."""

import json

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_project, ensure_person, project_secret
from db.identity import actor_key
from db.standing import standing_of
from db.tables import access_tokens
from db.tokens import holder_of
from tests.thorough import thorough


@pytest.fixture
def run(own_database, own_engine, monkeypatch):
    """Run a command on a database with one project, `shop`, and Ann; what it prints."""
    with own_engine.begin() as conn:
        create_project(conn, "shop")
        ensure_person(conn, "ann@x.example", "author")
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))

    def command(*words, code=0):
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 else result.stderr

    return command


@thorough
def test_a_package_is_registered_changed_listed_and_removed(run):
    made = run("package", "shop", "code-reviewer", "--summary", "Reads changes")
    assert made.startswith("code-reviewer  private  ")
    assert run("package", "shop", "code-reviewer", "--public").startswith("code-reviewer  public")
    (told,) = json.loads(run("packages", "shop", "--json"))
    assert (told["summary"], told["is_public"]) == ("Reads changes", True)
    assert run("package", "shop", told["uid"], "--rename", "reviewer").startswith("reviewer  ")
    assert run("package", "shop", "reviewer", "--remove") == "Removed 'reviewer'.\n"
    assert json.loads(run("packages", "shop", "--json")) == []
    assert "no such package" in run("package", "shop", "reviewer", "--remove", code=1)


@thorough
def test_releases_and_authors_are_noted(run):
    run("package", "shop", "code-reviewer")
    place = ("shop", "code-reviewer")
    run("release", *place, "1.0", "--at", "2026-03-01")
    listed = run("release", *place, "2.0", "--at", "2026-04-01T10:00+02:00")
    assert listed == "2.0  2026-04-01 08:00\n1.0  2026-03-01 00:00\n"
    assert run("release", *place, "1.0", "--remove") == "2.0  2026-04-01 08:00\n"
    assert "ISO 8601" in run("release", *place, "3.0", "--at", "soon", code=1)
    assert "none called" in run("release", *place, "9", "--remove", code=1)
    assert run("author", *place, "Ann@x.example") == "ann@x.example\n"
    assert run("author", *place, "ann@x.example", "--remove") == "No authors yet.\n"
    assert "no author" in run("author", *place, "ann@x.example", "--remove", code=1)


@thorough
def test_an_organisation_is_made_changed_listed_and_removed(run):
    assert run("organisation", "shop", "Acme", "--seats", "50").startswith("Acme  50 seats  no ")
    changed = run("organisation", "shop", "Acme", "--leaderboard")
    assert changed.startswith("Acme  50 seats  leaderboard")
    (told,) = json.loads(run("organisations", "shop", "--json"))
    assert (told["seats"], told["leaderboard"], told["assumptions"]) == (50, True, {})
    assert "seats: " in run("organisation", "shop", "Acme", "--seats", "0", code=1)
    assert run("organisation", "shop", told["uid"], "--remove") == "Removed 'Acme'.\n"
    assert "no such organisation" in run("organisation", "shop", "Acme", "--remove", code=1)


@thorough
def test_members_are_taken_in_changed_and_let_go_by_their_id_of_the_product(run):
    run("organisation", "shop", "Acme")
    place = ("shop", "Acme")
    assert "username: " in run("member", *place, "u1", code=1)
    assert run("member", *place, "u1", "--username", "ann", "--role", "owner") == "ann  owner  -\n"
    run("member", *place, "u2", "--username", "bob", "--team", "Backend")
    assert run("member", *place, "u2", "--role", "admin") == "ann  owner  -\nbob  admin  Backend\n"
    assert "last owner" in run("member", *place, "u1", "--remove", code=1)
    assert "no such member" in run("member", *place, "u3", "--remove", code=1)
    run("member", *place, "u2", "--remove")
    (told,) = json.loads(run("members", *place, "--json"))
    assert (told["username"], told["team"], "actor_key" in told) == ("ann", "", False)


@thorough
def test_token_prints_the_token_and_nothing_else(run, own_engine):
    made = run("token", "ann@x.example", "--scope", "manage", "--days", "7").strip()
    with own_engine.connect() as conn:
        held = holder_of(conn, made)
        assert (held.person.email, held.scope) == ("ann@x.example", "manage")
    told = json.loads(run("token", "ann@x.example", "--name", "ci", "--json"))
    assert (told["scope"], told["days"], told["token"][:4]) == ("read", 90, "llt_")
    listed = run("tokens", "ann@x.example")
    assert made not in listed
    assert made[:9] in listed
    assert "days: " in run("token", "ann@x.example", "--days", "0", code=1)
    assert "Nobody" in run("token", "bob@x.example", code=1)


@thorough
def test_a_token_is_revoked_by_its_number(run, own_engine):
    made = run("token", "ann@x.example").strip()
    with own_engine.connect() as conn:
        number = conn.execute(select(access_tokens.c.id)).scalar_one()
    run("revoke-token", "ann@x.example", str(number))
    with own_engine.connect() as conn:
        assert holder_of(conn, made) is None
    assert run("tokens", "ann@x.example") == "No tokens.\n"
    assert "no such token" in run("revoke-token", "ann@x.example", str(number), code=1)


@thorough
def test_a_link_says_who_somebody_is_and_closing_ends_the_account(run, own_engine):
    run("link", "ann@x.example", "shop", "u1")
    made = run("token", "ann@x.example").strip()
    with own_engine.connect() as conn:
        person = holder_of(conn, made).person
        (actor,) = standing_of(conn, person.id).actors
        secret = project_secret(conn, actor[0])
        assert actor[1] == actor_key(secret, "u1")
    run("close-account", "ann@x.example")
    with own_engine.connect() as conn:
        assert holder_of(conn, made) is None
    assert "Nobody" in run("close-account", "ann@x.example", code=1)


@pytest.mark.parametrize(
    "command",
    [
        ("package", "nowhere", "p"),
        ("packages", "nowhere"),
        ("release", "nowhere", "p", "1"),
        ("author", "nowhere", "p", "a@x.example"),
        ("organisation", "nowhere", "o"),
        ("organisations", "nowhere"),
        ("member", "nowhere", "o", "u"),
        ("members", "nowhere", "o"),
        ("link", "ann@x.example", "nowhere", "u"),
    ],
)
def test_a_project_that_is_not_there_is_told_in_one_sentence(run, command):
    assert run(*command, code=1) == "No project is named 'nowhere'.\n"
