"""`python -m db flag`, `kill` and `flags`, on a database of their own."""

import json

import pytest
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_project


@pytest.fixture
def run(own_database, own_engine, monkeypatch):
    """Run a command on a database with one project, `shop`; its result."""
    with own_engine.begin() as conn:
        create_project(conn, "shop")
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, list(words))


def test_a_flag_is_switched_on_widened_and_killed(run):
    assert run("flags", "shop").stdout == "No flags yet.\n"
    first = run("flag", "shop", "dark", "--share", "12.5").stdout
    assert first == "dark  flag  running  12.5% of people\n"
    assert run("flag", "shop", "dark").stdout == "dark  flag  running  100% of people\n"
    assert run("kill", "shop", "dark").stdout == "dark  flag  killed  100% of people\n"
    assert run("kill", "shop", "dark", "--revive").stdout == (
        "dark  flag  running  100% of people\n"
    )
    (kept,) = json.loads(run("flags", "shop", "--json").stdout)
    assert [each["value"] for each in kept["variants"]] == [False, True]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("kill", "shop", "none"), "does not exist"),
        (("flag", "none", "dark"), "No project"),
        (("flag", "shop", "a b"), "key: it begins with a letter"),
        (("flag", "shop", "dark", "--share", "101"), "share: it is from 0 to 100%"),
    ],
)
def test_what_is_wrong_is_one_sentence(run, words, told):
    result = run(*words)
    assert result.exit_code == 1
    assert told in result.stderr
