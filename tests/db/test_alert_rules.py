from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from db.alert_rules import (
    Rule,
    add_rule,
    change_rule,
    checked,
    pause_rule,
    remove_rule,
    rule_of,
)
from db.errors import BadAlertRule, UnknownAlertRule
from db.tables import alert_rules, alert_states
from tests.noted import acts

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 11, tzinfo=UTC)
RULE = Rule("Errors", "error_rate", "threshold", value=0.05, recovery=0.03, asked={"event": "a"})


def held(conn, rule_id):
    return rule_of(conn.execute(select(alert_rules).where(alert_rules.c.id == rule_id)).one())


def test_a_rule_comes_back_as_it_was_given(conn, project):
    given = replace(RULE, days=(1, 2), from_hour=8, to_hour=18, escalate_minutes=30)
    assert held(conn, add_rule(conn, project.id, given, NOW)) == given


def test_a_rule_looks_at_what_comes_from_now_on(conn, project):
    rule = add_rule(conn, project.id, RULE, NOW)
    change_rule(conn, project.id, rule, replace(RULE, value=0.1), LATER)
    until = select(alert_states.c.evaluated_until).where(alert_states.c.rule_id == rule)
    assert conn.execute(until).scalar_one() == LATER


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "a\x00b"),
        ("metric", ""),
        ("kind", "sometimes"),
        ("severity", "awful"),
        ("value", float("nan")),
        ("value", float("inf")),
        ("value", 1e16),
        ("recovery", 0.06),
        ("recovery", float("nan")),
        ("window_minutes", 0),
        ("window_minutes", 129_601),
        ("every_minutes", 0),
        ("every_minutes", 1_441),
        ("delay_minutes", -1),
        ("clear_minutes", 10_081),
        ("minimum", -1),
        ("days", ()),
        ("days", (0,)),
        ("days", (8,)),
        ("from_hour", 24),
        ("to_hour", 25),
        ("to_hour", 0),
        ("escalate_minutes", 0),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_name_of_its_field(field, value):
    with pytest.raises(BadAlertRule, match=field.split("_")[0]):
        checked(replace(RULE, **{field: value}))


@pytest.mark.parametrize("name", ["x" * 201, "a\nb", ""])
def test_what_it_is_narrowed_to_is_a_short_line(name):
    with pytest.raises(BadAlertRule, match="event"):
        checked(replace(RULE, asked={"event": name}))


@pytest.mark.parametrize(
    "rule",
    [
        replace(RULE, kind="change", value=0.0, recovery=None),
        replace(RULE, kind="change", value=-0.3, recovery=None),
        replace(RULE, kind="anomaly", value=4, above=False, recovery=None),
        replace(RULE, kind="burn", value=-1, recovery=None),
        replace(RULE, kind="burn", value=2, above=False, recovery=None),
        replace(RULE, from_hour=9, to_hour=9),
        replace(RULE, above=False, recovery=0.01),
    ],
)
def test_a_value_that_its_kind_cannot_have_is_refused(rule):
    with pytest.raises(BadAlertRule):
        checked(rule)


def test_nothing_came_needs_no_value():
    silent = checked(replace(RULE, kind="no_data", value=7, recovery=3))
    assert (silent.value, silent.recovery, silent.above) == (0.0, None, False)


def test_a_name_is_used_once_in_a_project(conn, project, berlin):
    add_rule(conn, project.id, RULE, NOW)
    add_rule(conn, berlin.id, RULE, NOW)
    with pytest.raises(BadAlertRule, match="name"):
        add_rule(conn, project.id, RULE, NOW)
    other = add_rule(conn, project.id, replace(RULE, name="Other"), NOW)
    with pytest.raises(BadAlertRule, match="name"):
        change_rule(conn, project.id, other, RULE, NOW)


def test_a_rule_of_another_project_is_unknown(conn, project, berlin):
    rule = add_rule(conn, project.id, RULE, NOW)
    for act in (
        lambda: change_rule(conn, berlin.id, rule, RULE, NOW),
        lambda: pause_rule(conn, berlin.id, rule, True, NOW),
        lambda: remove_rule(conn, berlin.id, rule),
    ):
        with pytest.raises(UnknownAlertRule):
            act()


def test_a_removed_rule_is_gone(conn, project):
    rule = add_rule(conn, project.id, RULE, NOW)
    remove_rule(conn, project.id, rule)
    with pytest.raises(UnknownAlertRule):
        pause_rule(conn, project.id, rule, True, NOW)


def test_every_act_is_noted(conn, project):
    rule = add_rule(conn, project.id, RULE, NOW)
    pause_rule(conn, project.id, rule, True, NOW)
    pause_rule(conn, project.id, rule, False, NOW)
    change_rule(conn, project.id, rule, RULE, NOW)
    remove_rule(conn, project.id, rule)
    told = [row.act.split(".")[1] for row in acts(conn, "alert_rule")]
    assert told == ["create", "pause", "resume", "change", "remove"]
