"""The form of a new experiment: its plan, what it lacks, keeping it and going on with it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from analytics.experiments.definition import InDimension, InSegment, metrics_of, targeting_of
from db import tables
from db.access import create_project
from db.experiments.drafting import create_experiment
from db.experiments.kept import Variant, find_experiment
from db.segments import create_segment
from tests.pages.trials import draft
from tests.thorough import thorough


@pytest.fixture
def shop(conn, project, add_events):
    """Sixty people in the last weeks, half of whom check out."""
    now = datetime.now(UTC)
    lines = [
        f"u{who} {name} {now - timedelta(8 + who % 14, -later * 60):%Y-%m-%dT%H:%M}Z platform=web"
        for who in range(60)
        for later, name in enumerate(("open", "checkout")[: 1 + who % 2])
    ]
    add_events(project, *lines)
    conn.commit()
    return project


def texts(shown):
    kinds = ("header", "subheader", "markdown", "caption", "info", "warning", "toast")
    return "\n".join(str(each.value) for kind in kinds for each in getattr(shown, kind))


def click(shown, label):
    return next(button for button in shown.button if button.label == label).click().run()


def named(shown, name="Short checkout"):
    return shown.text_input(key="exp_name").input(name).run()


def kept(conn, project, key="short-checkout"):
    conn.rollback()
    return find_experiment(conn, project.id, key)


def test_it_is_planned_from_the_projects_own_numbers(show, shop):
    shown = show("new_experiment", "product", shop)
    assert not shown.exception
    shown = shown.number_input(key="exp_effect").set_value(20.0).run()
    wide = [each.value for each in shown.subheader if "people, about" in each.value]
    shown = shown.number_input(key="exp_effect").set_value(40.0).run()
    rough = [each.value for each in shown.subheader if "people, about" in each.value]
    units = [int(text.split()[0].replace(",", "")) for text in (*wide, *rough)]
    # 16 p (1 - p) / (p effect)^2 a variant, of two, for a power of 80 % (Lehr's rule) and p = 1/2
    assert units[0] == pytest.approx(2 * 16 / 0.2**2, rel=0.1)
    assert units[1] == pytest.approx(units[0] / 4, rel=0.1)


@thorough
def test_what_is_built_by_clicking_is_kept_as_it_was_said(show, conn, shop):
    segment = create_segment(conn, shop.id, "Payers", "{}", None)
    shown = named(show("new_experiment", "product", shop))
    assert shown.text_input(key="exp_key").value == "short-checkout"
    shown = shown.text_area(key="exp_hypothesis").input("less is more").run()
    shown = shown.text_input(key="exp_variant_1").input("brief").run()
    shown = click(shown, "Add a variant")
    shown = click(shown, "Same weights")
    shown = shown.multiselect(key="exp_values_platform").set_value(["web"]).run()
    shown = shown.selectbox(key="exp_not_platform").select(True).run()
    shown = shown.selectbox(key="exp_segment").select(segment).run()
    shown = shown.selectbox(key="exp_metric_0").select("events").run()
    shown = shown.selectbox(key="exp_metric_of_0").select("checkout").run()
    shown = click(shown, "Add a guardrail")
    shown = shown.number_input(key="exp_metric_margin_1").set_value(3.0).run()
    shown = shown.number_input(key="exp_share").set_value(50.0).run()
    shown = click(shown, "Keep the draft")
    assert not shown.exception
    held = kept(conn, shop)
    assert (held.name, held.hypothesis, held.state) == ("Short checkout", "less is more", "draft")
    assert held.variants == (
        Variant("control", 3_334),
        Variant("brief", 3_333),
        Variant("variant-2", 3_333),
    )
    assert set(targeting_of(held.targeting)) == {
        InDimension("platform", ("web",), negated=True),
        InSegment(segment),
    }
    primary, guardrail = metrics_of(held.metrics)
    assert (primary.id, primary.role, primary.label) == (1, "primary", "Events: checkout")
    assert primary.measure.event == "checkout"
    assert (guardrail.id, guardrail.role, guardrail.margin) == (2, "guardrail", 0.03)
    assert held.share == 5_000


@thorough
def test_what_a_few_have_very_much_of_is_counted_up_to_a_bound(show, conn, shop):
    shown = named(show("new_experiment", "product", shop))
    assert "Count at most" not in [each.label for each in shown.number_input]
    shown = shown.selectbox(key="exp_metric_0").select("events").run()
    assert "99% of people have up to 1 in all" in texts(shown)
    shown = shown.number_input(key="exp_metric_cap_0").set_value(-3.0).run()
    assert "Count at most: above 0" in texts(shown)
    assert shown.number_input(key="exp_metric_cap_0").value is None
    shown = shown.number_input(key="exp_metric_cap_0").set_value(3.0).run()
    assert "99% of people" not in texts(shown)
    click(shown, "Keep the draft")
    assert metrics_of(kept(conn, shop).metrics)[0].cap == 3.0


def test_it_is_started_at_once_and_its_page_is_shown(show, conn, shop):
    shown = named(show("new_experiment", "product", shop))
    shown = click(shown, "Start the experiment")
    assert not shown.exception
    held = kept(conn, shop)
    assert held.state == "running"
    assert held.plan["units"] > 0
    assert "Nobody was exposed yet." in shown.header[0].value


def test_a_kept_draft_is_gone_on_with_by_its_address(show, conn, shop):
    create_experiment(conn, shop.id, draft(name="Checkout in one step"))
    shown = show("new_experiment", "product", shop, edit="short")
    assert shown.text_input(key="exp_name").value == "Checkout in one step"
    shown = shown.text_area(key="exp_hypothesis").input("it is quicker").run()
    shown = click(shown, "Keep the draft")
    assert not shown.exception
    assert kept(conn, shop, "short").hypothesis == "it is quicker"


BAD = {
    "no name": (lambda shown: shown, "Give it a name first."),
    "no key": (
        lambda shown: named(shown).text_input(key="exp_key").input("").run(),
        "key: it begins with a letter",
    ),
    "nobody": (
        lambda shown: named(shown).number_input(key="exp_share").set_value(0.0).run(),
        "At 0% nobody would take part.",
    ),
    "no effect": (
        lambda shown: named(shown).number_input(key="exp_effect").set_value(0.0).run(),
        "Smallest change that matters: from 0.1 to 1,000. It is still 5.",
    ),
    "all the power": (
        lambda shown: named(shown).number_input(key="exp_power").set_value(100.0).run(),
        "Power: from 50 to 99. It is still 80.",
    ),
    "no days": (
        lambda shown: named(shown).number_input(key="exp_metric_days_0").set_value(0).run(),
        "Within days: from 1 to",
    ),
    "weights": (
        lambda shown: named(shown).number_input(key="exp_weight_0").set_value(40.0).run(),
        "The weights sum to 90%, not to 100%.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_can_not_be_kept_is_told_and_nothing_is_lost(show, conn, shop, case):
    spoil, told = BAD[case]
    shown = click(spoil(show("new_experiment", "product", shop)), "Start the experiment")
    assert not shown.exception
    assert told in texts(shown)
    conn.rollback()
    assert not conn.execute(select(tables.experiments.c.id)).all()
    if case != "no name":
        assert shown.text_input(key="exp_name").value == "Short checkout"


def test_weights_that_do_not_sum_are_said_before_anything_is_kept(show, shop):
    shown = show("new_experiment", "product", shop)
    shown = shown.number_input(key="exp_weight_0").set_value(40.0).run()
    assert "The weights sum to 90%, not to 100%." in texts(shown)


def test_a_key_of_ones_own_stays_when_the_name_changes(show, shop):
    shown = named(show("new_experiment", "product", shop))
    shown = shown.text_input(key="exp_key").input("mine").run()
    shown = named(shown, "Another name")
    assert shown.text_input(key="exp_key").value == "mine"


def test_the_key_of_a_kept_draft_stays_when_the_name_changes(show, conn, shop):
    create_experiment(conn, shop.id, draft("short-checkout", name="Short checkout"))
    shown = named(show("new_experiment", "product", shop, edit="short-checkout"), "Quick checkout")
    click(shown, "Keep the draft")
    assert kept(conn, shop).name == "Quick checkout"


def test_a_control_and_another_variant_always_stay(show, shop):
    shown = click(show("new_experiment", "product", shop), "Add a variant")
    shown = shown.button(key="exp_remove_0").click().run()
    assert shown.selectbox(key="exp_control").value == "treatment"
    assert shown.button(key="exp_remove_0").disabled
    assert shown.button(key="exp_remove_1").disabled


def test_what_is_wrong_is_said_at_its_field_until_it_is_right(show, shop):
    shown = show("new_experiment", "product", shop)
    shown = shown.number_input(key="exp_effect").set_value(0.0).run()
    said = "from 0.1 to 1,000"
    assert any(said in each.value.replace("\\", "") for each in shown.caption)
    assert shown.number_input(key="exp_effect").value == 5.0
    shown = shown.number_input(key="exp_effect").set_value(8.0).run()
    assert not any(said in each.value.replace("\\", "") for each in shown.caption)


@thorough
def test_a_layer_that_is_full_is_told_and_nothing_is_lost(show, conn, shop):
    create_experiment(conn, shop.id, draft(layer="start", share=8_000))
    shown = click(show("experiments", "product", shop, experiment="short"), "Start it")
    shown = named(show("new_experiment", "product", shop))
    shown = shown.text_input(key="exp_layer").input("start").run()
    shown = click(shown, "Start the experiment")
    assert not shown.exception
    assert "20%" in texts(shown)
    assert shown.text_input(key="exp_layer").value == "start"
    conn.rollback()
    assert conn.execute(select(tables.experiments.c.key)).scalars().all() == ["short"]


def test_without_any_data_one_says_how_many_people_it_takes(show, conn, project):
    shown = named(show("new_experiment", "product", project))
    assert not shown.exception
    assert "Say yourself how many people" in texts(shown)
    shown = shown.number_input(key="exp_units").set_value(5_000).run()
    click(shown, "Keep the draft")
    assert kept(conn, project).plan["units"] == 5_000


def test_an_anonymous_project_is_told_that_nobody_can_be_exposed(show, conn):
    project = create_project(conn, "anonymous", consent="anonymous", retention_months=None)
    shown = show("new_experiment", "product", project)
    assert not shown.exception
    assert "keeps no ids" in texts(shown)


@pytest.mark.parametrize("role", ["executive", "operations"])
def test_who_may_only_look_can_keep_nothing(show, shop, role):
    shown = show("new_experiment", role, shop)
    assert not shown.exception
    assert "You may look" in texts(shown)
    assert "Keep the draft" not in [button.label for button in shown.button]


def test_who_lost_their_role_keeps_nothing(show, conn, shop):
    shown = named(show("new_experiment", "product", shop))
    person = tables.people.c.email == "product@example.org"
    conn.execute(tables.people.update().where(person).values(role="executive"))
    conn.commit()
    click(shown, "Start the experiment")
    conn.rollback()
    assert not conn.execute(select(tables.experiments.c.id)).all()
