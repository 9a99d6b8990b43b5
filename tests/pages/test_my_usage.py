"""My usage as the people it is about see it: their figures, tokens, memberships and data."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import select

from db import tables
from db.access import ensure_person, project_secret, sign_in
from db.accounts import link_actor
from db.engine import engine as dashboard_engine
from db.identity import actor_key
from db.tokens import create_token, holder_of, list_tokens
from jobs.erasing import erase_waiting
from tests.pages.reading import click, figures, texts
from tests.runs_written import write_members, write_runs
from ui.my_data import everything
from ui.words_my_data import UNCONFIRMED

TODAY = datetime.now(UTC).strftime("%Y-%m-%dT00:00Z")
OLD = (datetime.now(UTC) - timedelta(days=40)).strftime("%Y-%m-%dT10:00Z")
ME = "member@example.org"


@pytest.fixture
def registry(conn, project):
    """Ann, who is the member, ran four packages today and one long ago; Bob ran one."""
    write_members(conn, project, "Acme", "ann team=Web", "bob role=owner")
    write_runs(
        conn,
        project,
        f"ann reviewer {TODAY} model=sonnet credits=2 tokens=100 duration=1000 organisation=Acme",
        f"ann reviewer {TODAY} model=sonnet credits=2 tokens=100 duration=3000",
        f"ann reviewer {TODAY} model=gpt credits=3 tokens=100 ok=0",
        f"ann finder {TODAY} model=gpt credits=1",
        f"ann finder {OLD} model=gpt credits=50",
        f"bob finder {TODAY} model=opus credits=900",
    )
    person = ensure_person(conn, ME, "member", (project.id,))
    link_actor(conn, person, project.id, key_of(conn, project, "ann"))
    conn.commit()
    return project


def key_of(conn, project, who):
    return actor_key(project_secret(conn, project.id), who)


@pytest.fixture
def person(conn, registry):
    return ensure_person(conn, ME, "member", (registry.id,))


def test_figures_are_ones_own_and_exact(show, registry):
    shown = show("my_usage", "member", registry)
    assert not shown.exception
    assert figures(shown) == {
        "Runs": "4",
        "Credits": "8",
        "Tokens": "300",
        "Mean time": "2.00 s",
        "Success": "75.0%",
    }
    assert "reviewer is your favourite, with 3 runs" in texts(shown)
    assert "opus" not in texts(shown)


def test_the_days_are_chosen_in_the_address(show, registry):
    shown = show("my_usage", "member", registry, days="90")
    assert figures(shown)["Runs"] == "5"
    assert figures(shown)["Credits"] == "58"


def test_a_wrong_number_of_days_in_the_address_is_the_usual_one(show, registry):
    shown = show("my_usage", "member", registry, days="9999")
    assert not shown.exception
    assert figures(shown)["Runs"] == "4"


def test_assumptions_are_in_the_address(show, registry):
    shown = show("my_usage", "member", registry, minutes_saved_per_run="30", hourly_rate="100")
    assert "2.0 hours saved (Minutes saved a run: 30 min)" in texts(shown).replace("**", "")
    assert "$200 of time for $5.00: benefit / cost 40.0, ROI 39.0" in texts(shown).replace("**", "")


def test_every_chart_and_table_has_its_query(show, registry, conn):
    shown = show("my_usage", "member", registry)
    for card in ("calendar", "packages", "models", "speed"):
        shown.session_state[f"query_{card}"] = True
    shown.run()
    assert len(shown.code) == 4
    for code in shown.code:
        assert conn.exec_driver_sql(code.value.replace("%", "%%")).all()


def test_who_is_not_linked_learns_how(show, project):
    shown = show("my_usage", "member", project)
    assert "python -m db link" in texts(shown)
    assert not shown.metric
    assert "Erase my data" not in str(shown.get("popover"))


def test_a_person_without_any_project_sees_their_page_nevertheless(show, registry):
    shown = show("my_usage", "author")
    assert not shown.exception
    assert [title.value for title in shown.title] == ["My usage"]
    assert "python -m db project" not in texts(shown)


def test_every_role_has_the_page(show, project):
    for role in ("admin", "executive", "product", "operations", "author", "org_admin"):
        assert "No project knows yet" in texts(show("my_usage", role, project))


def test_a_stranger_sees_the_way_in(show, registry):
    shown = show("my_usage", None)
    assert not shown.metric
    assert [title.value for title in shown.title] == ["See how your product is used"]


# Memberships ----------------------------------------------------------------------------------


def is_listed(conn):
    conn.rollback()
    members = tables.organisation_members.c
    return conn.execute(select(members.listed).where(members.username == "ann")).scalar_one()


def test_agreeing_to_be_listed_is_ones_own_switch(show, conn, registry):
    shown = show("my_usage", "member", registry)
    assert "Acme" in texts(shown)
    assert "member, team Web" in texts(shown)
    shown.toggle[-1].set_value(True).run()
    assert is_listed(conn)
    shown.toggle[-1].set_value(False).run()
    assert not is_listed(conn)


def test_who_is_linked_no_longer_changes_nothing(show, conn, registry):
    shown = show("my_usage", "member", registry)
    conn.execute(tables.person_actors.delete())
    conn.commit()
    shown.toggle[-1].set_value(True).run()
    assert not is_listed(conn)


# Tokens ---------------------------------------------------------------------------------------


def test_a_token_is_made_and_shown_once(show, conn, registry, person):
    shown = show("my_usage", "member", registry)
    shown.text_input(key="token_name").input("laptop")
    shown = click(shown, "Make it")
    made = next(code.value for code in shown.code if code.value.startswith("llt_"))
    assert holder_of(conn, made).person.id == person
    assert "1 access token" in texts(shown)
    shown.run()
    assert not [code for code in shown.code if code.value.startswith("llt_")]


def test_a_token_is_revoked(show, conn, registry, person):
    token = create_token(conn, person, "old **one**")
    conn.commit()
    shown = show("my_usage", "member", registry)
    assert any("old \\*\\*one\\*\\*" in each.value for each in shown.markdown)
    shown = click(shown, "Revoke")
    assert holder_of(conn, token) is None
    assert "No access token" in texts(shown)


def test_only_ones_own_tokens_are_shown_and_revoked(show, conn, registry):
    other = ensure_person(conn, "other@example.org", "member", ())
    create_token(conn, other, "theirs")
    conn.commit()
    shown = show("my_usage", "member", registry)
    assert "theirs" not in texts(shown)
    assert len(list_tokens(conn, other)) == 1


def test_a_bad_token_is_told_in_passing(show, conn, registry, person):
    shown = click(show("my_usage", "member", registry), "Make it")
    assert not shown.exception
    assert "name:" in shown.toast[0].value
    assert not list_tokens(conn, person)


# What is held ---------------------------------------------------------------------------------


def test_ones_data_is_taken_along(conn, registry, person):
    token = sign_in(conn, person)
    conn.commit()
    found = orjson.loads(everything(token))
    assert found["complete"]
    assert found["counts"]["first"]["runs"] == 5
    assert {run["package"] for run in found["projects"]["first"]["runs"]} == {"reviewer", "finder"}


@pytest.mark.parametrize("token", ["", "none-such"])
def test_who_holds_no_sign_in_takes_nothing_along(conn, registry, token):
    assert orjson.loads(everything(token))["projects"] == {}


def erasures(conn):
    conn.rollback()
    return conn.execute(select(tables.erasures.c.project_id, tables.erasures.c.actor_key)).all()


def test_erasing_asks_for_the_address_first(show, conn, registry):
    shown = show("my_usage", "member", registry)
    shown.text_input(key="erase_confirm").input("somebody@example.org")
    shown = click(shown, "Erase all of it")
    assert shown.toast[0].value == UNCONFIRMED
    assert not erasures(conn)


def test_what_is_held_is_erased_by_the_worker(show, conn, registry):
    shown = show("my_usage", "member", registry)
    shown.text_input(key="erase_confirm").input(ME)
    shown = click(shown, "Erase all of it")
    assert erasures(conn) == [(registry.id, key_of(conn, registry, "ann"))]
    assert "The erasure waits for the worker" in texts(shown)


def test_what_went_is_counted_on_the_page_which_knows_one_no_longer(show, conn, registry):
    shown = show("my_usage", "member", registry)
    shown.text_input(key="erase_confirm").input(ME)
    shown = click(shown, "Erase all of it")
    assert erase_waiting(dashboard_engine()) == 1
    shown.run()
    assert "5 of runs" in texts(shown)
    assert "No project knows yet which of its people you are" in texts(shown)
    assert not shown.metric
