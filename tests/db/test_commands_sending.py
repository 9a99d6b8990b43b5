"""`python -m db target`, on a database of its own."""

import json

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_project
from db.tables import targets
from tests.thorough import thorough

ADDRESS = "json://user:s3cret@127.0.0.1/hook"


@pytest.fixture
def run(own_database, own_engine, monkeypatch):
    """Run a command on a database with one project, `shop`; its result."""
    with own_engine.begin() as conn:
        create_project(conn, "shop")
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))
    return lambda *words, typed="": CliRunner().invoke(app, ["target", *words], input=typed)


def addresses(engine):
    with engine.connect() as conn:
        return conn.execute(select(targets.c.name, targets.c.address, targets.c.kinds)).all()


@thorough
def test_a_target_is_set_listed_replaced_and_removed(run, own_engine):
    assert run("shop").stdout == "No targets yet.\n"
    assert run("shop", "team", typed=f"{ADDRESS}\n").stdout == "team: digest, shipped\n"
    run("shop", "team", "--kind", "digest", typed=f"{ADDRESS}2\n")
    assert addresses(own_engine) == [("team", f"{ADDRESS}2", ["digest"])]
    listed = run("shop", "--json").stdout
    assert json.loads(listed) == [{"name": "team", "kinds": ["digest"]}]
    assert run("shop", "team", "--remove").stdout == "No targets yet.\n"


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("nowhere", "team"), ADDRESS, "nowhere"),
        (("shop", "team"), "", "standard input"),
        (("shop", "team"), "nothing-s3cret", "no address"),
        (("shop", "team"), f"json://s3cret/{'x' * 3_000}", "no address"),
        (("shop", "team", "--kind", "spam"), ADDRESS, "digest, shipped"),
        (("shop", "x" * 101), ADDRESS, "100 printable"),
        (("shop", "team", "--remove"), "", "No target of 'shop'"),
        (("shop", "--remove"), "", "name it"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_without_the_address(run, words, typed, said):
    result = run(*words, typed=typed)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "s3cret" not in result.output
    assert result.output.count("\n") == 1
