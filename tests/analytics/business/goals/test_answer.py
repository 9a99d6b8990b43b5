"""The goals of a project: the usual ones, its own, and the figures behind them."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.business.goals import FIGURES, checked, tracked, wanted_goals
from analytics.scope import PUBLIC
from db.errors import BadGoal, UnknownMetric
from db.goals import Goal, drop_goal, reset_goal, set_goal
from tests.analytics.reference import anyone, asking, history
from tests.thorough import thorough

MONDAY = date(2026, 3, 23)
NOW = datetime(2026, 3, 25, 12, tzinfo=UTC)
USUAL = {
    "opt_in": 0.6,
    "page_load_p95": 2_000,
    "uptime": 0.999,
    "request_errors": 0.001,
    "request_p95": 200,
    "monthly_retention": 0.85,
    "core_adoption": 0.8,
    "first_response": 60,
}


def wanted(conn, project, viewer=None):
    goals = wanted_goals(conn, viewer or anyone(project), project.id)
    return {goal.metric: goal.value for goal in goals}


def asked(project):
    return replace(asking(project, MONDAY, MONDAY + timedelta(days=3)), now=NOW)


@thorough
def test_the_usual_goals_are_there_from_the_start(conn, project):
    assert wanted(conn, project).items() >= USUAL.items()
    assert wanted(conn, project, PUBLIC) == {}


def test_goals_are_changed_dropped_and_had_back(conn, project):
    set_goal(conn, project.id, Goal("uptime", 0.99, date(2026, 12, 31)))
    set_goal(conn, project.id, Goal("mrr", 5_000_00))
    drop_goal(conn, project.id, "opt_in")
    found = wanted(conn, project)
    assert (found["uptime"], found["mrr"]) == (0.99, 5_000_00)
    assert "opt_in" not in found
    reset_goal(conn, project.id, "opt_in")
    reset_goal(conn, project.id, "mrr")
    found = wanted(conn, project)
    assert found["opt_in"] == 0.6
    assert "mrr" not in found


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e16])
def test_a_value_is_a_number(conn, project, value):
    with pytest.raises(BadGoal):
        set_goal(conn, project.id, Goal("uptime", value))


@pytest.mark.parametrize(
    ("metric", "value"), [("opt_in", 4.0), ("opt_in", -0.05), ("mrr", -1.0), ("page_load_p95", -1)]
)
def test_a_goal_is_one_that_its_figure_can_reach(metric, value):
    with pytest.raises(BadGoal):
        checked(Goal(metric, value))


def test_a_goal_that_can_be_reached_is_kept_as_it_is():
    assert checked(Goal("nps", -20.0)) == Goal("nps", -20.0)
    with pytest.raises(UnknownMetric):
        checked(Goal("nothing", 1.0))


def test_there_is_no_goal_on_what_is_no_figure(conn, project):
    with pytest.raises(UnknownMetric):
        tracked(conn, anyone(project), asked(project), Goal("nothing", 1.0))


@pytest.mark.parametrize("key", FIGURES)
def test_without_data_nothing_is_said_and_strangers_see_nothing(conn, project, key):
    found = tracked(conn, anyone(project), asked(project), Goal(key, 1.0))
    assert found.tracking.current in (None, 0.0)
    assert tracked(conn, PUBLIC, asked(project), Goal(key, 1.0)) is None


def test_adoption_is_the_share_of_the_active_that_use_the_main_feature(conn, project, add_events):
    events = history(7, MONDAY - timedelta(days=60), 60)
    add_events(project, *(event.line for event in events))
    add_events(
        project,
        "u1 feature_use 2026-03-16T10:00Z subject=search",
        "u2 feature_use 2026-03-17T10:00Z subject=search",
        "u3 feature_use 2026-03-17T10:00Z subject=export",
    )
    week = MONDAY - timedelta(days=7), MONDAY
    active = {e.who for e in events if week[0] <= e.day(UTC) < week[1]} | {"u1", "u2", "u3"}
    found = tracked(conn, anyone(project), asked(project), Goal("core_adoption", 0.8))
    assert found.tracking.current == pytest.approx(2 / len(active))


def test_monthly_retention_is_of_those_active_in_the_month_before(conn, project, add_events):
    events = history(8, date(2026, 1, 1), 59)
    add_events(project, *(event.line for event in events))
    months = defaultdict(set)
    for event in events:
        months[event.day(UTC).month].add(event.who)
    found = tracked(conn, anyone(project), asked(project), Goal("monthly_retention", 0.85))
    assert found.tracking.current == pytest.approx(len(months[1] & months[2]) / len(months[1]))
