"""`python -m db export` and `erase`, on a database of their own."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_project, project_secret
from db.feedback import Said, record
from db.identity import actor_key
from tests.thorough import thorough

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
NOTHING = "Nothing is held of this person.\n"


@pytest.fixture
def run(own_database, own_engine, monkeypatch):
    """Run a command on a database where u1 said something of `shop`; its result."""
    with own_engine.begin() as conn:
        project = create_project(conn, "shop")
        key = actor_key(project_secret(conn, project.id), "u1")
        record(conn, project.id, key, Said(AT, score=4, comment="Fast"))
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, [*words])


@thorough
def test_what_is_held_is_counted_and_with_json_printed(run):
    assert run("export", "shop", "u1").stdout == "feedback: 1\n"
    data = json.loads(run("export", "shop", "u1", "--json").stdout)
    assert [(said["score"], said["comment"]) for said in data["feedback"]] == [(4, "Fast")]
    assert data["events"] == []


@thorough
def test_who_is_erased_is_held_no_more(run):
    assert json.loads(run("erase", "shop", "u1", "--json").stdout)["feedback"] == 1
    assert run("export", "shop", "u1").stdout == NOTHING
    assert run("erase", "shop", "u1").stdout == NOTHING


@pytest.mark.parametrize("command", ["export", "erase"])
def test_a_project_that_there_is_not_is_told_in_one_sentence(run, command):
    result = run(command, "nowhere", "u1")
    assert (result.exit_code, "nowhere" in result.stderr) == (1, True)
