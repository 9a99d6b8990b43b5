"""Lists of rules, episodes and incidents, their standing, and what a rule would have done."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from analytics.operations.alerts.incidents import incidents, timeline
from analytics.operations.alerts.listing import episodes, history, rule_with, rules
from analytics.operations.alerts.preview import preview, preview_sql
from analytics.operations.alerts.standing import alert_standing
from analytics.scope import PUBLIC
from db.alert_rules import Rule, add_rule, pause_rule
from db.alerts import Act, acknowledge, snooze
from db.incidents import NewIncident, link_episode, open_incident, update_incident
from db.tables import INSTALLATION, alert_episodes, alert_rules, alert_states, event_minutes
from tests.analytics.reference import anyone

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RULE = Rule("Errors", "failures", "threshold", value=5, window_minutes=5, severity="critical")


@pytest.fixture
def fire(conn, project):
    def episode(rule, ended=None, severity="critical", of=project.id):
        row = {"rule_id": rule, "project_id": of, "severity": severity, "value": 9}
        row |= {"started_at": NOW - HOUR, "resolved_at": ended}
        made = insert(alert_episodes).values(row).returning(alert_episodes.c.id)
        return conn.execute(made).scalar_one()

    return episode


def test_rules_say_how_they_stand(conn, project, fire):
    quiet, firing, paused = (
        add_rule(conn, project.id, Rule(name, "events", "no_data", above=False), NOW)
        for name in ("a", "b", "c")
    )
    fire(firing)
    fire(quiet, ended=NOW)
    pause_rule(conn, project.id, paused, True, NOW)
    listed = rules(conn, anyone(project), project.id, NOW)
    assert listed["state"].tolist() == ["quiet", "firing", "paused"]
    assert listed["episodes"].tolist() == [1, 1, 0]


@pytest.mark.parametrize(("value", "state"), [(None, "cannot judge"), (0.0, "quiet")])
def test_a_rule_whose_last_window_said_nothing_is_not_quiet(conn, project, value, state):
    rule = add_rule(conn, project.id, Rule("Errors", "error_rate", "threshold", minimum=50), NOW)
    made = update(alert_rules).where(alert_rules.c.id == rule).values(created_at=NOW)
    looked = update(alert_states).where(alert_states.c.rule_id == rule)
    conn.execute(made)
    conn.execute(looked.values(evaluated_until=NOW + MINUTE, value=value))
    assert rules(conn, anyone(project), project.id, NOW)["state"].tolist() == [state]


def test_an_incident_took_no_less_than_nothing(conn, project):
    open_incident(conn, project.id, NewIncident("Down", "critical", NOW), NOW)
    cut = NOW - MINUTE
    assert incidents(conn, anyone(project), project.id, cut)["minutes"].tolist() == [0]


def test_episodes_that_go_on_come_first(conn, project, fire):
    over, open_still = (
        add_rule(conn, project.id, Rule(name, "events", "no_data", above=False), NOW)
        for name in ("a", "b")
    )
    fire(over, ended=NOW)
    episode = fire(open_still)
    viewer = anyone(project)
    listed = episodes(conn, viewer, project.id, NOW)
    assert listed[["name", "state"]].to_numpy().tolist() == [["b", "firing"], ["a", "resolved"]]
    assert len(episodes(conn, viewer, project.id, NOW, open_only=True)) == 1
    acknowledge(conn, Act(project.id, episode, NOW, note="On it"))
    assert episodes(conn, viewer, project.id, NOW)["state"].iloc[0] == "acknowledged"
    snooze(conn, Act(project.id, episode, NOW), NOW + HOUR)
    assert episodes(conn, viewer, project.id, NOW)["state"].iloc[0] == "snoozed"
    assert episodes(conn, viewer, project.id, NOW + 2 * HOUR)["state"].iloc[0] == "acknowledged"
    told = history(conn, viewer, project.id, episode)
    assert told[["act", "note"]].to_numpy().tolist() == [["acknowledged", "On it"], ["snoozed", ""]]


def test_a_rule_is_shown_to_who_may_ask_for_its_metric(conn, project):
    rule = add_rule(conn, project.id, Rule("Paid", "failed_payments", "threshold", value=1), NOW)
    operator, boss = (anyone(project, role=role) for role in ("operations", "executive"))
    assert rules(conn, operator, project.id, NOW).empty
    assert rule_with(conn, operator, project.id, rule) is None
    assert rule_with(conn, boss, project.id, rule).name == "Paid"


def test_what_was_said_of_an_episode_is_shown_to_who_may_ask_for_its_metric(conn, project, fire):
    rule = add_rule(conn, project.id, Rule("Paid", "failed_payments", "threshold", value=1), NOW)
    episode = fire(rule)
    acknowledge(conn, Act(project.id, episode, NOW, note="The card of a customer"))
    operator, boss = (anyone(project, role=role) for role in ("operations", "executive"))
    assert history(conn, operator, project.id, episode).empty
    assert len(history(conn, boss, project.id, episode)) == 1


def test_the_standing_counts_what_is_awake_the_worst_first(conn, project, fire):
    for name, severity in (("slow", "warning"), ("down", "critical"), ("asleep", "critical")):
        rule = add_rule(conn, project.id, Rule(name, "events", "no_data", above=False), NOW)
        episode = fire(rule, severity=severity)
    snooze(conn, Act(project.id, episode, NOW), NOW + HOUR)
    open_incident(conn, project.id, NewIncident("Shop is down", "critical", NOW), NOW)
    standing = alert_standing(conn, anyone(project), project.id, NOW)
    assert (standing.firing, standing.critical, standing.names) == (2, 1, ("down", "slow"))
    assert (standing.incidents, standing.incident_titles) == (1, ("Shop is down",))
    assert alert_standing(conn, PUBLIC, project.id, NOW).firing == 0


def test_what_is_of_looplens_itself_is_listed_in_every_project(conn, project, berlin, fire):
    rule = add_rule(conn, INSTALLATION, Rule("Disk", "disk", "threshold", value=0.9), NOW)
    fire(rule, of=INSTALLATION)
    for each in (project, berlin):
        assert episodes(conn, anyone(each), each.id, NOW)["name"].tolist() == ["Disk"]
        assert rules(conn, anyone(each), each.id, NOW)["project_id"].tolist() == [INSTALLATION]


def test_incidents_tell_how_long_they_took(conn, project, fire):
    incident = open_incident(conn, project.id, NewIncident("Down", "critical", NOW - HOUR), NOW)
    rule = add_rule(conn, project.id, RULE, NOW)
    link_episode(conn, project.id, fire(rule), incident)
    viewer = anyone(project)
    going_on = incidents(conn, viewer, project.id, NOW + HOUR)
    assert going_on[["minutes", "alerts"]].to_numpy().tolist() == [[120, 1]]
    update_incident(conn, project.id, incident, "resolved", "Cured", NOW)
    assert incidents(conn, viewer, project.id, NOW + HOUR)["minutes"].tolist() == [60]
    told = timeline(conn, viewer, project.id, incident)
    assert told["state"].tolist() == ["investigating", "resolved"]
    assert told["note"].tolist() == ["", "Cured"]


@pytest.fixture
def failing(conn, project):
    """Ten failures a minute, for ten minutes two hours ago and for ten minutes until now."""
    rows = [
        {"project_id": project.id, "minute": NOW - ago * MINUTE, "name": "open"}
        | {"n": 100, "failures": 10}
        for ago in (*range(1, 11), *range(120, 130))
    ]
    conn.execute(insert(event_minutes), rows)


def test_a_preview_tells_what_a_rule_would_have_done(conn, project, failing):
    seen = preview(conn, anyone(project), project.id, RULE, NOW, "UTC")
    began = seen.episodes["started_at"].tolist()
    assert [NOW - each.tz_localize(UTC) for each in began] == [128 * MINUTE, 9 * MINUTE]
    assert seen.episodes["minutes"].tolist()[0] == 14
    assert seen.episodes["minutes"].isna().tolist() == [False, True]
    assert (seen.looks, seen.known, seen.by_hour) == (30 * 1_440, 30 * 1_440, False)
    assert seen.seen["level"].max() == 50
    assert len(seen.seen) <= 1_500


def test_a_preview_is_by_the_hour_where_minutes_are_not_kept(conn, project):
    rule = Rule("Slow", "request_p95", "threshold", value=500, window_minutes=5)
    seen = preview(conn, anyone(project), project.id, rule, NOW, "UTC")
    assert (seen.by_hour, seen.known) == (True, 0)


def test_a_preview_says_how_long_it_learns_what_is_usual(conn, project, failing):
    unusual = replace(RULE, kind="anomaly", value=5.0, minimum=0)
    seen = preview(conn, anyone(project), project.id, unusual, NOW, "UTC")
    assert (seen.known, seen.learning, seen.looks) == (0, seen.looks, seen.looks)


def test_a_preview_reaches_back_as_far_as_is_kept(conn, project):
    people = Rule("Nobody", "people_now", "threshold", value=0, above=False, window_minutes=1)
    seen = preview(conn, anyone(project), project.id, people, NOW, "UTC")
    assert (seen.minutes, seen.looks, seen.known) == (60, 60, 60)


def test_the_statements_of_a_preview_can_be_pasted(conn, project, failing):
    said = preview_sql(conn, anyone(project), project.id, RULE, NOW, "UTC")
    assert "event_minutes" in said
    rows = conn.exec_driver_sql(said.split(";")[0].replace("%", "%%")).all()
    assert len(rows) == 20


def test_strangers_get_no_preview(conn, project, failing):
    for viewer in (PUBLIC, anyone(project, role="member")):
        seen = preview(conn, viewer, project.id, RULE, NOW, "UTC")
        assert (seen.looks, seen.known, len(seen.episodes), len(seen.seen)) == (0, 0, 0, 0)
    assert conn.execute(select(alert_episodes.c.id)).first() is None
