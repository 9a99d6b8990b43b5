"""`python -m db business-settings`, `stripe-hook` and `import --of ...`, on their own database."""

import json

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_project
from db.business_settings import BusinessSettings, business_settings_of
from db.identity import uid_of
from db.stripe_hooks import find_hook
from db.tables import mrr_months
from tests.thorough import thorough

SECRET = "whsec_" + "k" * 32


@pytest.fixture
def shop(own_engine):
    with own_engine.begin() as conn:
        return create_project(conn, "shop", consent="opt-out")


@pytest.fixture
def run(own_database, shop, monkeypatch, tmp_path):
    """Run a command on a database with one project, `shop`; its result."""
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))
    monkeypatch.chdir(tmp_path)
    return lambda *words, typed="": CliRunner().invoke(app, list(words), input=typed)


def settings(engine, project):
    with engine.connect() as conn:
        return business_settings_of(conn, project.id)


@thorough
def test_settings_are_shown_and_changed_one_by_one(run, own_engine, shop):
    assert json.loads(run("business-settings", "shop", "--json").stdout)["gross_margin"] == 0.8
    changed = run("business-settings", "shop", "--currency", "EUR", "--gross-margin", "0.7")
    assert "currency: EUR\ngross_margin: 0.7\n" in changed.stdout
    run("business-settings", "shop", "--retained-days", "60")
    expected = BusinessSettings(currency="EUR", gross_margin=0.7, retained_days=60)
    assert settings(own_engine, shop) == expected
    run("business-settings", "shop", "--currency", "")
    assert settings(own_engine, shop).currency == ""


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("business-settings", "nowhere"), "", "nowhere"),
        (("business-settings", "shop", "--currency", "euro"), "", "currency: "),
        (("business-settings", "shop", "--gross-margin", "0"), "", "gross_margin: "),
        (("stripe-hook", "nowhere"), "", "nowhere"),
        (("stripe-hook", "shop", "--secret"), "", "standard input"),
        (("stripe-hook", "shop", "--secret"), "sk_live_12345678\n", "whsec_"),
        (("stripe-hook", "shop", "--secret", "--remove"), SECRET, "no secret"),
    ],
)
def test_what_can_not_be_is_one_sentence(run, own_engine, shop, words, typed, said):
    done = run(*words, typed=typed)
    assert done.exit_code == 1
    assert said in done.stderr
    assert "sk_live" not in done.output
    assert settings(own_engine, shop) == BusinessSettings()


@thorough
def test_a_hook_is_made_given_its_secret_and_removed(run, own_engine, shop):
    address = run("stripe-hook", "shop").stdout.strip()
    hook_id = uid_of(address.rsplit("/", 1)[-1])
    assert "/api/v1/revenue/stripe/" in address
    with own_engine.connect() as conn:
        assert find_hook(conn, hook_id) is None
    told = run("stripe-hook", "shop", "--secret", "--json", typed=f"{SECRET}\n").stdout
    assert json.loads(told)["hook"] == address
    assert SECRET not in told
    with own_engine.connect() as conn:
        assert find_hook(conn, hook_id).project_id == shop.id
    run("stripe-hook", "shop", "--remove")
    with own_engine.connect() as conn:
        assert find_hook(conn, hook_id) is None
    assert run("stripe-hook", "shop", "--remove").stdout == "There was no hook.\n"


@thorough
def test_a_file_of_subscriptions_is_imported_and_counted(run, own_engine, tmp_path):
    lines = "customer_id,subscription_id,status,plan,currency,amount,occurred_at\n"
    lines += "c1,s1,active,pro,EUR,1000,2026-01-05T10:00:00Z\n"
    lines += "c2,s2,active,pro,EUR,soon,2026-01-05T10:00:00Z\n"
    (tmp_path / "changes.csv").write_text(lines)
    words = ("import", "changes.csv", "--project", "shop", "--of", "subscriptions")
    first = run(*words)
    assert first.stdout.startswith("Read 2 rows, stored 1 row in 'shop'. 1 rejected as invalid.")
    assert "1 were stored before" in run(*words).stdout
    with own_engine.connect() as conn:
        assert conn.execute(select(func.sum(mrr_months.c.amount))).scalar_one() == 1_000
