"""`python -m db probe` and `slo`, on a database of their own."""

import json

import pytest
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_project, find_project
from db.probes import list_probes
from tests.thorough import thorough

ADDRESS = "https://ann:s3cret@shop.example.org/health"


@pytest.fixture
def run(own_database, own_engine, monkeypatch):
    """Run a command on a database with one project, `shop`; its result."""
    with own_engine.begin() as conn:
        create_project(conn, "shop")
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))
    return lambda *words, typed="": CliRunner().invoke(app, list(words), input=typed)


@thorough
def test_a_probe_is_made_paused_resumed_and_removed_and_its_address_is_never_told(run, own_engine):
    assert run("probe", "shop").stdout == "Nothing is looked at yet.\n"
    made = run("probe", "shop", "Shop", "--every", "30", "--status", "204", typed=f"{ADDRESS}\n")
    assert made.stdout == "Shop: http, every 30 s\n"
    with own_engine.connect() as conn:
        kept = list_probes(conn, find_project(conn, "shop").id)[0]
    assert (kept.address, kept.expected_status) == (ADDRESS, 204)
    assert run("probe", "shop", "Shop", "--pause").stdout == "Shop: http, paused\n"
    assert run("probe", "shop", "Shop", "--resume").stdout == "Shop: http, every 30 s\n"
    told = run("probe", "shop", "--json").stdout
    assert json.loads(told) == [{"name": "Shop", "kind": "http", "state": "every 30 s"}]
    assert run("probe", "shop", "Shop", "--every", "60", typed="\n").stdout == (
        "Shop: http, every 60 s\n"
    )
    assert run("probe", "shop", "Shop", "--remove").stdout == "Nothing is looked at yet.\n"


@thorough
def test_looplens_looks_at_itself_and_that_can_be_changed(run):
    assert run("probe", "-").stdout.splitlines() == [
        "API: http, every 30 s",
        "Dashboard: http, every 60 s",
        "Database: postgres, every 30 s",
    ]
    assert "API: http, paused" in run("probe", "-", "API", "--pause").stdout
    assert "API answers: 99.90000% in 30 days" in run("slo", "-").stdout


@thorough
def test_an_objective_is_made_listed_and_removed(run):
    run("probe", "shop", "Shop", typed=f"{ADDRESS}\n")
    made = run("slo", "shop", "Up", "--of", "Shop", "--objective", "99.95", "--days", "7")
    assert made.stdout == "Up: 99.95000% in 7 days\n"
    quick = run("slo", "shop", "Quick", "--kind", "latency", "--within", "200", "--objective", "95")
    assert quick.stdout.splitlines()[0] == "Quick: 95.00000% in 30 days"
    listed = json.loads(run("slo", "shop", "--json").stdout)
    assert listed[1] == {"name": "Up", "objective": 0.9995, "days": 7}
    assert "Up" not in run("slo", "shop", "Up", "--remove").stdout


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("probe", "nowhere", "Shop"), ADDRESS, "nowhere"),
        (("probe", "shop", "Shop"), "", "address: it is missing"),
        (("probe", "shop", "Shop"), "ftp://s3cret", "address:"),
        (("probe", "shop", "Shop", "--kind", "icmp"), ADDRESS, "http, tcp"),
        (("probe", "shop", "Shop", "--every", "1"), ADDRESS, "every_seconds"),
        (("probe", "shop", "Shop", "--pause"), "", "No probe of 'shop'"),
        (("probe", "shop", "--remove"), "", "name it"),
        (("slo", "shop", "Up"), "", "a probe of this project"),
        (("slo", "shop", "Up", "--remove"), "", "No objective of 'shop'"),
        (("slo", "shop", "--remove"), "", "name it"),
        (("slo", "shop", "Up", "--kind", "errors", "--objective", "100"), "", "objective:"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_without_the_address(run, words, typed, said):
    found = run(*words, typed=typed)
    assert found.exit_code == 1
    assert said in found.stderr
    assert "s3cret" not in found.output
