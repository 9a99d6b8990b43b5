"""Alerts as people of each role see them, and what they do about them there."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from db.alert_rules import Rule, add_rule
from db.error_groups import name_of
from db.tables import (
    INSTALLATION,
    alert_episodes,
    alert_history,
    alert_rules,
    alert_states,
    annotations,
    error_groups,
    event_minutes,
    incidents,
)
from jobs.alerting import evaluate
from tests.thorough import thorough

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
MINUTE = timedelta(minutes=1)
HOSTILE = "<b>Errors</b> ![a](http://e) **x** $1"
RULE = Rule(HOSTILE, "failures", "threshold", value=5, window_minutes=5, severity="critical")


@pytest.fixture
def shop(conn, project):
    """Failures for the last twenty minutes, and three hours ago for ten; a rule that fires."""
    rows = [
        {"project_id": project.id, "minute": NOW - ago * MINUTE, "name": "open"}
        | {"n": 100, "failures": 20}
        for ago in [*range(20), *range(180, 190)]
    ]
    conn.execute(insert(event_minutes), rows)
    add_rule(conn, project.id, RULE, NOW - 15 * MINUTE)
    conn.commit()
    evaluate(conn.engine, NOW)
    return project


def texts(shown):
    parts = (*shown.subheader, *shown.markdown, *shown.caption, *shown.text)
    return "\n".join(part.value for part in parts)


def press(shown, label):
    next(button for button in shown.button if button.label == label).click().run()
    assert not shown.exception
    return shown


def acts(conn):
    conn.rollback()
    return conn.execute(select(alert_history.c.act).order_by(alert_history.c.id)).scalars().all()


def test_the_page_says_what_fires_and_whose_rule_it_is(show, shop):
    shown = show("alerts", "operations", shop)
    assert not shown.exception
    told = texts(shown)
    assert "1 alert is firing, and critical" in told
    assert "<b>" not in "".join(part.value for part in shown.subheader)
    episode = shown.dataframe[0].value.iloc[0]
    assert (episode["state"], episode["began"], episode["metric"]) == ("Firing", "100", "Failures")


@pytest.mark.parametrize(
    ("label", "state", "act"),
    [
        ("Acknowledge", "Acknowledged", "acknowledged"),
        ("Snooze 1 hour", "Snoozed", "snoozed"),
        ("Resolve", "Resolved", "resolved"),
        ("Comment", "Firing", "commented"),
    ],
)
def test_an_operator_looks_after_an_alert(show, shop, conn, label, state, act):
    shown = show("alerts", "operations", shop)
    next(field for field in shown.text_input if field.label == "Note").set_value("On it")
    press(shown, label)
    assert acts(conn)[-1] == act
    assert shown.dataframe[0].value.iloc[0]["state"] == state
    assert "On it" in texts(shown)


def test_an_incident_of_an_alert_is_marked_on_charts(show, shop, conn):
    press(show("alerts", "operations", shop), "Open an incident")
    conn.rollback()
    incident = conn.execute(select(incidents)).one()
    assert (incident.severity, incident.state) == ("critical", "investigating")
    assert conn.execute(select(alert_episodes.c.incident_id)).scalar_one() == incident.id
    assert conn.execute(select(annotations.c.kind)).scalar_one() == "incident"


def test_an_alert_of_a_new_error_names_it_and_leads_to_it(show, project, conn, add_events):
    moment = (NOW - 5 * MINUTE).isoformat()
    add_events(project, f"ann save {moment} subject=/file error=Timeout ok=0")
    rule = Rule("New error", "new_errors", "threshold", value=1, window_minutes=15)
    rule_id = add_rule(conn, project.id, rule, NOW)
    row = {"rule_id": rule_id, "project_id": project.id, "severity": "warning"}
    conn.execute(insert(alert_episodes).values(row | {"started_at": NOW - 4 * MINUTE}))
    number = conn.execute(select(error_groups.c.fingerprint)).scalar_one()
    conn.commit()
    shown = show("alerts", "operations", project)
    assert not shown.exception
    assert shown.dataframe[0].value["about"].tolist() == ["Timeout in /file"]
    (link,) = shown.get("page_link")
    assert link.proto.query_string == f"error={name_of(number)}"


@thorough
def test_a_new_alert_is_previewed_and_kept(show, shop, conn):
    shown = show("alerts", "operations", shop)
    next(box for box in shown.selectbox if box.label == "Metric").set_value("failures").run()
    next(n for n in shown.number_input if n.label == "Value (events)").set_value(50.0).run()
    assert "Would have fired twice in 30 days" in texts(shown)
    next(n for n in shown.number_input if n.label == "Value (events)").set_value(5_000.0).run()
    assert "Can hardly fire" in texts(shown)
    next(n for n in shown.number_input if n.label == "At least").set_value(0).run()
    assert "Would not have fired in 30 days" in texts(shown)
    next(field for field in shown.text_input if field.label == "Name").set_value("Ours").run()
    press(shown, "Save")
    conn.rollback()
    kept = conn.execute(select(alert_rules).where(alert_rules.c.name == "Ours")).one()
    assert (kept.metric, kept.value, kept.window_minutes) == ("failures", 5_000.0, 5)


@thorough
def test_a_rule_is_changed_and_paused(show, shop, conn):
    shown = show("alerts", "operations", shop)
    rule = conn.execute(select(alert_rules.c.id)).scalar_one()
    next(box for box in shown.selectbox if box.label == "Change").set_value(rule).run()
    value = next(n for n in shown.number_input if n.label == "Value (events)")
    assert value.value == 5.0
    value.set_value(7.0).run()
    press(shown, "Save")
    conn.rollback()
    assert conn.execute(select(alert_rules.c.value)).scalar_one() == 7.0
    press(shown, "Pause it")
    conn.rollback()
    assert conn.execute(select(alert_rules.c.is_paused)).scalar_one()


@pytest.mark.parametrize("role", ["executive", "product"])
def test_who_does_not_run_things_sees_and_changes_nothing(show, shop, role):
    shown = show("alerts", role, shop)
    assert not shown.exception
    assert "1 alert is firing, and critical" in texts(shown)
    assert not [b for b in shown.button if b.label in ("Acknowledge", "Save", "Open it")]


def test_what_a_role_may_not_ask_about_it_is_not_shown(show, shop, conn):
    revenue = Rule("Payments", "failed_payments", "threshold", value=1)
    rule = add_rule(conn, shop.id, revenue, NOW)
    row = {"rule_id": rule, "project_id": shop.id, "severity": "info", "started_at": NOW}
    conn.execute(insert(alert_episodes).values(row))
    conn.commit()
    for role, sees in (("operations", False), ("executive", True)):
        shown = show("alerts", role, shop)
        names = {name for table in shown.dataframe for name in table.value.get("name", ())}
        assert ("Payments" in names) is sees


def test_of_looplens_itself_an_operator_reads_and_an_admin_decides(show, shop, conn):
    rule = add_rule(conn, INSTALLATION, Rule("Disk", "disk", "threshold", value=0.9), NOW)
    row = {"rule_id": rule, "project_id": INSTALLATION, "severity": "critical", "started_at": NOW}
    made = conn.execute(insert(alert_episodes).values(row).returning(alert_episodes.c.id))
    episode = made.scalar_one()
    conn.execute(
        alert_states.update().where(alert_states.c.rule_id == rule).values(episode_id=episode)
    )
    conn.commit()
    for role, may in (("operations", False), ("admin", True)):
        shown = show("alerts", role, shop)
        next(box for box in shown.selectbox if box.label == "Alert").set_value(episode).run()
        assert any(b.label == "Acknowledge" for b in shown.button) is may


def test_without_anything_the_page_teaches(show, project):
    shown = show("alerts", "operations", project)
    assert not shown.exception
    told = texts(shown)
    for part in ("Nothing has fired yet", "There are no alerts yet", "There was no incident yet"):
        assert part in told
