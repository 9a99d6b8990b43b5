"""The page on health: what it says first, what it lists, and what those who run things change."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from db.gauges import Gauge, keep_gauges
from db.probe_results import Result, keep_results
from db.probes import Draft, list_probes, save_probe
from db.slos import SloDraft, save_slo
from db.tables import INSTALLATION, probes, slos
from tests.pages.reading import click, texts
from tests.thorough import thorough


def now():
    """The present: what is looked at must have been heard of lately, whenever the test runs."""
    return datetime.now(UTC)


HOSTILE = "[Shop](https://evil.example.org) <b>*x*</b>"


def titles(shown):
    return [each.value.replace("\\", "") for each in shown.subheader]


@pytest.fixture(autouse=True)
def only_ours(conn):
    """Without what every installation begins with."""
    conn.execute(delete(probes))
    conn.execute(delete(slos))
    conn.commit()


@pytest.fixture
def shop(conn, project):
    """A probe that answered for an hour, with a promise, and one of Looplens itself."""
    probe = save_probe(conn, project.id, Draft("Shop", "tcp", "secret-host:1"))
    save_slo(conn, project.id, SloDraft("Shop answers", "uptime", 0.999, probe_id=probe))
    save_probe(conn, INSTALLATION, Draft("API", "http", "looplens:api"))
    keep_results(conn, [Result(probe, now() - timedelta(minutes=ago), True, 12.0)
                        for ago in range(60)])  # fmt: skip
    for ago in range(10 * 24):
        at = now() - timedelta(hours=ago)
        keep_gauges(conn, [Gauge("cpu", 0.25, "one"), Gauge("disk", 0.9 - ago / 480, "one")], at)
    keep_gauges(conn, [Gauge("table_bytes", 5e6, subject="events")], now())
    conn.commit()
    return project


def fail(conn, project, *minutes_ago):
    probe = next(each.id for each in list_probes(conn, project.id) if each.name == "Shop")
    at = [now() - timedelta(minutes=ago, seconds=1) for ago in minutes_ago]
    keep_results(conn, [Result(probe, each, False, reason="It answers with 503.") for each in at])
    conn.commit()


@pytest.mark.parametrize("role", ["admin", "executive", "product", "operations"])
def test_it_says_first_what_is_wrong(show, shop, role):
    shown = show("health", role, shop)
    assert not shown.exception
    assert titles(shown)[0] == "Watch: nothing heard of API (Looplens) and a disk is 90.0% full"
    assert "1 of 2 probes answer" in titles(shown)
    assert "1 of 1 objective is kept" in titles(shown)
    assert any(title.startswith("Disk is full in about") for title in titles(shown))


def test_what_is_down_is_said_before_all_else_with_its_reason(show, shop, conn):
    keep = [Result(list_probes(conn, shop.id)[0].id, now() + timedelta(seconds=1), False,
                   reason="It answers with 503.")]  # fmt: skip
    keep_results(conn, keep)
    conn.commit()
    shown = show("health", "operations", shop)
    assert titles(shown)[0].startswith("Act now: Shop is down, ")
    assert "Shop: It answers with 503." in texts(shown)


def test_a_budget_that_burns_is_told_with_its_pace(show, shop, conn):
    fail(conn, shop, 1, 2, 3, 20, 21)
    shown = show("health", "operations", shop)
    assert titles(shown)[0].startswith("Act now: \u201cShop answers\u201d burns its error budget, ")
    assert "Shop answers: the error budget burns" in texts(shown)
    assert "were bad" in texts(shown)


def test_addresses_are_on_no_page(show, shop):
    shown = show("health", "admin", shop)
    assert "secret-host" not in texts(shown)
    assert not any("secret-host" in frame.value.to_csv() for frame in shown.dataframe)


def test_what_users_wrote_is_shown_as_text(show, project, conn):
    probe = save_probe(conn, project.id, Draft(HOSTILE, "tcp", "host:1"))
    keep_results(conn, [Result(probe, now(), False, reason="Why.")])
    conn.commit()
    shown = show("health", "admin", project)
    said = "\n".join(each.value for each in [*shown.markdown, *shown.subheader])
    assert "[Shop](https://evil" not in said
    assert "<b>" not in said.replace("\\<b", "")


def test_it_teaches_where_nothing_is_looked_at(show, project):
    shown = show("health", "operations", project)
    assert titles(shown)[0] == "Nothing is measured yet"
    assert "python -m db probe PROJECT NAME" in texts(shown)


def named(shown, key):
    return next(each for kind in ("text_input", "number_input", "selectbox")
                for each in getattr(shown, kind) if each.key == key)  # fmt: skip


def test_a_probe_is_added_by_those_who_run_things(show, project, conn):
    shown = show("health", "operations", project)
    named(shown, "probe_name").input("Shop")
    named(shown, "probe_address").input("https://ann:secret@shop.example.org/health")
    named(shown, "probe_status").set_value(204)
    shown = click(shown, "Add the probe")
    assert not shown.exception
    conn.rollback()
    kept = list_probes(conn, project.id)[0]
    assert (kept.name, kept.expected_status, kept.every_seconds) == ("Shop", 204, 60)
    assert kept.address == "https://ann:secret@shop.example.org/health"
    assert named(shown, "probe_address").value == ""
    assert titles(shown)[0] == "Watch: nothing heard of Shop"


def test_what_is_wrong_with_a_probe_is_told_and_nothing_is_kept(show, project, conn):
    shown = show("health", "operations", project)
    named(shown, "probe_name").input("Shop")
    named(shown, "probe_address").input("ftp://shop")
    shown = click(shown, "Add the probe")
    assert "address: it begins with http:// or https://" in shown.toast[0].value
    conn.rollback()
    assert list_probes(conn, project.id) == []
    assert named(shown, "probe_address").value == "ftp://shop"


def test_an_objective_is_added_and_removed(show, shop, conn):
    shown = show("health", "operations", shop)
    named(shown, "slo_name").input("Nearly always")
    named(shown, "slo_share").set_value(99.5)
    shown = click(shown, "Add the objective")
    conn.rollback()
    kept = conn.execute(select(slos).where(slos.c.name == "Nearly always")).one()
    assert (kept.objective, kept.days, kept.project_id) == (0.995, 30, shop.id)
    button = next(each for each in shown.button if each.key == f"Remove_slo_{kept.id}")
    button.click().run()
    conn.rollback()
    assert conn.execute(select(slos).where(slos.c.name == "Nearly always")).one_or_none() is None


@thorough
def test_a_probe_is_paused_and_goes_on(show, shop, conn):
    probe = list_probes(conn, shop.id)[0].id
    shown = show("health", "operations", shop)
    shown = next(each for each in shown.button if each.key == f"Pause_probe_{probe}").click().run()
    conn.rollback()
    assert list_probes(conn, shop.id)[0].is_paused
    next(each for each in shown.button if each.key == f"Go on_probe_{probe}").click().run()
    conn.rollback()
    assert not list_probes(conn, shop.id)[0].is_paused


@pytest.mark.parametrize(
    ("role", "own", "installation"),
    [("admin", True, True), ("operations", True, False), ("product", False, False)],
)
def test_who_may_change_what(show, shop, conn, role, own, installation):
    shown = show("health", role, shop)
    keys = {button.key for button in shown.button}
    ours, theirs = (list_probes(conn, place)[0].id for place in (shop.id, INSTALLATION))
    assert (f"Pause_probe_{ours}" in keys) == own
    assert (f"Pause_probe_{theirs}" in keys) == installation


@pytest.mark.parametrize("role", ["author", "member", "org_admin"])
def test_roles_without_the_field_learn_nothing(show, shop, role):
    shown = show("health", role, shop)
    assert "does not include this page" in shown.info[0].value
    assert not shown.subheader
