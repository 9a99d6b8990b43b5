"""`python -m db complete`, on a database of its own."""

import json

import pytest
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_project
from tests.thorough import thorough


@pytest.fixture
def run(own_database, own_engine, monkeypatch):
    """Run a command on a database with one project, `shop`; its result."""
    with own_engine.begin() as conn:
        create_project(conn, "shop")
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, ["complete", *words])


@thorough
def test_a_pair_is_set_listed_and_removed(run):
    assert run("shop").stdout == "No completions yet.\n"
    assert run("shop", "begun", "done").stdout == "begun -> done\n"
    assert json.loads(run("shop", "--json").stdout) == [{"start": "begun", "done": "done"}]
    assert run("shop", "begun", "--remove").stdout == "No completions yet.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere", "begun", "done"), "nowhere"),
        (("shop", "begun"), "two different events"),
        (("shop", "begun", "--remove"), "No completion of 'begun'"),
        (("shop", "begun", "done", "--remove"), "name its start alone"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(run, words, said):
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.stderr
