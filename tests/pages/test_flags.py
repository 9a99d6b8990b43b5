"""The page of flags: making one, switching it, and saying who gets it."""

import orjson
import pytest
from sqlalchemy import select

from analytics.experiments.definition import InDimension, targeting_of
from db import tables
from db.experiments.checking import Draft
from db.experiments.drafting import create_experiment
from db.experiments.kept import Variant, find_experiment, list_experiments
from db.experiments.running import start_experiment


@pytest.fixture
def shop(conn, project, add_events):
    add_events(project, "ann open 2026-03-02T10:00Z plan=team platform=web")
    conn.commit()
    return project


def make(conn, project, key="dark", *, on=True, **more):
    variants = (Variant("off", 0, False), Variant("on", 10_000, True))
    number = create_experiment(
        conn, project.id, Draft("flag", key, "Dark", variants, "off", **more)
    )
    if on:
        start_experiment(conn, project.id, key)
    conn.commit()
    return number


def kept(conn, project, key="dark"):
    conn.rollback()
    return find_experiment(conn, project.id, key)


def texts(shown):
    kinds = ("subheader", "markdown", "caption", "info", "toast")
    return "\n".join(str(each.value) for kind in kinds for each in getattr(shown, kind))


def click(shown, label):
    return next(button for button in shown.button if button.label == label).click().run()


def test_without_a_flag_the_page_teaches_and_one_is_made(show, conn, shop):
    shown = show("flags", "product", shop)
    assert "No flag yet" in texts(shown)
    shown.text_input(key="flag_name").input("New search!")
    shown = click(shown, "Make it")
    assert not shown.exception
    (made,) = list_experiments(conn, shop.id, "flag")
    assert (made.key, made.name, made.state) == ("new-search", "New search!", "draft")
    assert "0 of 1 flag is on" in texts(shown)


def test_it_is_switched_on_off_and_on_again(show, conn, shop):
    make(conn, shop, on=False)
    shown = click(show("flags", "product", shop), "Switch on")
    assert kept(conn, shop).state == "running"
    assert "Everybody gets “on”" in texts(shown).replace("\\", "")
    shown = click(shown, "Switch off")
    assert kept(conn, shop).state == "stopped"
    click(shown, "Switch on")
    assert kept(conn, shop).state == "running"


def test_it_is_killed_and_revived(show, conn, shop):
    make(conn, shop)
    shown = click(show("flags", "product", shop), "Kill")
    assert kept(conn, shop).killed
    assert "Everybody gets “off”" in texts(shown)
    click(shown, "Take back the kill")
    assert not kept(conn, shop).killed


def test_share_and_rules_are_kept(show, conn, shop):
    number = make(conn, shop)
    shown = show("flags", "product", shop)
    shown.number_input(key=f"flag_share_{number}").set_value(25.0)
    shown.multiselect(key=f"flag_plan_{number}").set_value(["team"])
    shown = click(shown, "Save")
    assert not shown.exception
    held = kept(conn, shop)
    assert held.share == 2_500
    assert targeting_of(held.targeting) == (InDimension("plan", ("team",)),)
    assert "25% of those where plan is team get “on”, all others “off”" in texts(shown)


def test_rules_that_the_form_does_not_show_stay(show, conn, shop):
    rule = '[{"kind": "dimension", "dimension": "plan", "values": ["free"], "negated": true}]'
    number = make(conn, shop, targeting=rule)
    shown = show("flags", "product", shop)
    shown.number_input(key=f"flag_share_{number}").set_value(50.0)
    click(shown, "Save")
    held = kept(conn, shop)
    assert held.share == 5_000
    assert targeting_of(held.targeting) == (InDimension("plan", ("free",), negated=True),)


def test_further_conditions_than_the_form_has_fields_for_stay(show, conn, shop):
    rules = [
        {"kind": "dimension", "dimension": "plan", "values": ["free", "team"]},
        {"kind": "dimension", "dimension": "plan", "values": ["team"]},
        {"kind": "segment", "segment": 7},
        {"kind": "segment", "segment": 8},
    ]
    make(conn, shop, targeting=orjson.dumps(rules).decode())
    before = set(targeting_of(kept(conn, shop).targeting))
    shown = click(show("flags", "product", shop), "Save")
    assert not shown.exception
    assert len(before) == 4
    assert set(targeting_of(kept(conn, shop).targeting)) == before


def test_a_draft_is_deleted(show, conn, shop):
    make(conn, shop, on=False)
    click(show("flags", "product", shop), "Delete")
    conn.rollback()
    assert not conn.execute(select(tables.experiments.c.id)).all()


def test_a_key_that_is_taken_is_told(show, conn, shop):
    make(conn, shop)
    shown = show("flags", "product", shop)
    shown.text_input(key="flag_name").input("Dark")
    shown = click(shown, "Make it")
    assert "There is something of the key 'dark' already." in texts(shown)


@pytest.mark.parametrize("role", ["executive", "operations"])
def test_who_may_only_look_is_offered_no_switch(show, conn, shop, role):
    make(conn, shop)
    shown = show("flags", role, shop)
    assert "1 of 1 flag is on" in texts(shown)
    assert not {"Switch off", "Kill", "Make it"} & {button.label for button in shown.button}


@pytest.mark.parametrize("label", ["Switch off", "Kill", "Save"])
def test_who_lost_their_role_changes_nothing(show, conn, shop, label):
    number = make(conn, shop)
    shown = show("flags", "product", shop)
    shown.number_input(key=f"flag_share_{number}").set_value(10.0)
    person = tables.people.c.email == "product@example.org"
    conn.execute(tables.people.update().where(person).values(role="executive"))
    conn.commit()
    click(shown, label)
    held = kept(conn, shop)
    assert (held.state, held.killed, held.share) == ("running", False, 10_000)


def test_names_are_only_text(show, conn, shop):
    make(conn, shop)
    hostile = "![x](https://evil.example/a.png) **loud**"
    conn.execute(tables.experiments.update().values(name=hostile))
    conn.commit()
    told = texts(show("flags", "product", shop))
    assert "![x]" not in told
    assert "**loud**" not in told


@pytest.mark.parametrize("role", ["author", "member"])
def test_roles_without_the_field_learn_nothing(show, conn, shop, role):
    make(conn, shop)
    shown = show("flags", role, shop)
    assert "does not include this page" in shown.info[0].value
    assert "Dark" not in texts(shown)
