"""What plans cost, and `python -m db plan-price`."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_project
from db.commands_roadmap import cents_of
from db.errors import BadPlanPrice
from db.plan_prices import PlanPrice, plan_prices_of, remove_plan_price, set_plan_price
from tests.thorough import thorough

PRO = PlanPrice("pro", 1_990, "EUR")


def test_a_price_is_kept_changed_and_forgotten(conn, project):
    set_plan_price(conn, project.id, PRO)
    set_plan_price(conn, project.id, PlanPrice("free", 0, "EUR"))
    assert plan_prices_of(conn, project.id) == [PlanPrice("free", 0, "EUR"), PRO]
    set_plan_price(conn, project.id, PlanPrice("pro", 2_400, "EUR"))
    assert plan_prices_of(conn, project.id)[1].monthly_cents == 2_400
    assert remove_plan_price(conn, project.id, "free")
    assert not remove_plan_price(conn, project.id, "free")


def test_a_project_has_one_currency(conn, project, berlin):
    set_plan_price(conn, project.id, PRO)
    with pytest.raises(BadPlanPrice, match="in EUR"):
        set_plan_price(conn, project.id, PlanPrice("team", 5_000, "USD"))
    set_plan_price(conn, berlin.id, PlanPrice("team", 5_000, "USD"))
    set_plan_price(conn, project.id, PlanPrice("pro", 2_100, "USD"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (PlanPrice("", 1, "EUR"), "plan"),
        (PlanPrice(" pro", 1, "EUR"), "plan"),
        (PlanPrice("p\x00", 1, "EUR"), "plan"),
        (PlanPrice("pro", -1, "EUR"), "price"),
        (PlanPrice("pro", 2**31, "EUR"), "price"),
        (PlanPrice("pro", 1, "eur"), "currency"),
        (PlanPrice("pro", 1, "EURO"), "currency"),
    ],
)
def test_what_can_not_be_is_refused_by_its_field(conn, project, wrong, field):
    with pytest.raises(BadPlanPrice, match=f"^{field}:"):
        set_plan_price(conn, project.id, wrong)


@given(st.integers(0, 10**9))
def test_an_amount_is_read_to_the_cent(cents):
    assert cents_of(f"{cents // 100}.{cents % 100:02}") == cents


@pytest.mark.parametrize("wrong", ["", "free", "1.999", "nan", "inf", "1,50", "1e999", "1e999999"])
def test_what_is_no_amount_is_refused(wrong):
    with pytest.raises(BadPlanPrice):
        cents_of(wrong)


@pytest.fixture
def run(own_database, own_engine, monkeypatch):
    """Run the command on a database with one project, `shop`; its result."""
    with own_engine.begin() as conn:
        create_project(conn, "shop")
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, ["plan-price", *words])


@thorough
def test_a_price_is_set_listed_and_removed(run):
    assert run("shop").stdout == "No prices yet.\n"
    assert run("shop", "pro", "19.90").stdout == "pro: 19.90 EUR\n"
    assert json.loads(run("shop", "--json").stdout) == [
        {"plan": "pro", "monthly_cents": 1990, "currency": "EUR"}
    ]
    assert run("shop", "pro", "--remove").stdout == "No prices yet.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere", "pro", "1"), "nowhere"),
        (("shop", "pro"), "is not an amount"),
        (("shop", "pro", "cheap"), "'cheap' is not an amount"),
        (("shop", "pro", "--remove"), "No price of 'pro'"),
        (("shop", "--remove"), "name its plan alone"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(run, words, said):
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.stderr
