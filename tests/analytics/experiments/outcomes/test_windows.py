"""What counts lies from the exposure on and before the end of the window, to the moment."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from analytics.experiments.definition import Measure, Metric
from analytics.experiments.outcomes.exposed import exposed
from analytics.experiments.outcomes.people import outcomes_of
from analytics.segments.counting import today
from analytics.showing import shown as in_psql
from tests.analytics.experiments.outcomes.reference import Act, Said, Shown
from tests.analytics.experiments.outcomes.world import act, at, experiment, expose, say
from tests.analytics.reference import anyone

NOW = at("20 00:00")
EXPOSED = Shown(1, at("10 12:00"), "B", platform="ios")
OPENED = Measure("events", "open")


@pytest.fixture
def world(conn, project):
    made = experiment(conn, project, at("2 00:00"))
    expose(conn, made, [EXPOSED])
    return made


def rows(world, metric, now=NOW):
    """SQL for the outcomes of everybody whose window is over."""
    viewer, filters = anyone(world.project), today(world.project, now)
    people = exposed(viewer, filters, world.experiment_id, metric.window_days)
    march = filters.over(at("2 00:00").date(), at("20 00:00").date())
    return select(outcomes_of(viewer, march, people, metric))


def ask(conn, world, measure, over=None, now=NOW, days=2, **more):
    """(y, d, x, z) of the one who was exposed; None while they are maturing."""
    metric = Metric(1, "primary", "100 %", measure, over, window_days=days, **more)
    row = conn.execute(rows(world, metric, now)).one_or_none()
    return row and (row.y, row.d, row.x, row.z)


@pytest.mark.parametrize(
    ("moment", "before", "after"),
    [
        ("8 11:59", 0, 0),
        ("8 12:00", 1, 0),
        ("10 11:59", 1, 0),
        ("10 12:00", 0, 1),
        ("12 11:59", 0, 1),
        ("12 12:00", 0, 0),
    ],
)
def test_an_event_counts_before_or_after_the_exposure_or_not_at_all(
    conn, world, moment, before, after
):
    act(conn, world.project, [Act(1, at(moment), "open")])
    assert ask(conn, world, OPENED) == (after, 1, before, 1)
    assert ask(conn, world, Measure("days"), OPENED) == (after, after, before, before)


def test_an_actor_is_maturing_up_to_the_end_of_the_window(conn, world):
    assert ask(conn, world, OPENED, now=at("12 11:59")) is None
    assert ask(conn, world, OPENED, now=at("12 12:00")) == (0, 1, 0, 1)


@pytest.mark.parametrize(
    ("moment", "said"), [("10 11:59", 0), ("10 12:00", 1), ("12 11:59", 1), ("12 12:00", 0)]
)
def test_feedback_counts_in_the_window(conn, world, moment, said):
    say(conn, world.project, [Said(1, at(moment), "csat", score=5)])
    of_csat = Measure("satisfied", feedback="csat"), Measure("answers", feedback="csat")
    assert ask(conn, world, *of_csat) == (said, said, 0, 0)


@pytest.mark.parametrize(
    ("first", "second", "converts"),
    [
        ("10 12:00", "12 11:59", 1),
        ("10 11:59", "12 11:59", 0),
        ("10 12:00", "12 12:00", 0),
        ("11 12:00", "10 13:00", 0),
    ],
)
def test_all_steps_of_a_funnel_are_in_the_window(conn, world, first, second, converts):
    act(conn, world.project, [Act(1, at(first), "open"), Act(1, at(second), "save")])
    funnel = Measure("funnel", funnel="steps=open~save&window=14d")
    assert ask(conn, world, funnel) == (converts, 1, 0, 1)


@pytest.mark.parametrize(
    ("moment", "on", "after"),
    [("11 11:59", 0, 0), ("11 12:00", 1, 1), ("12 11:59", 1, 1), ("12 12:00", 0, 1)],
)
def test_a_day_after_the_exposure_is_of_24_hours(conn, world, moment, on, after):
    act(conn, world.project, [Act(1, at(moment), "open")])
    assert ask(conn, world, Measure("back", day=1), days=3)[0] == on
    assert ask(conn, world, Measure("back", day=1, after=True), days=3)[0] == after


def test_being_exposed_is_no_activity(conn, world):
    act(conn, world.project, [Act(1, EXPOSED.at, "exposure", "button")])
    assert ask(conn, world, Measure("did")) == (0, 1, 0, 1)
    assert ask(conn, world, Measure("did", "exposure")) == (1, 1, 0, 1)


def test_what_is_beyond_the_cap_counts_as_the_cap(conn, world):
    acts = [Act(1, EXPOSED.at + timedelta(hours=hour), "buy", value=30.0) for hour in (-2, 1, 2)]
    act(conn, world.project, acts)
    value = Measure("value", "buy")
    assert ask(conn, world, value) == (60, 1, 30, 1)
    assert ask(conn, world, value, cap=40.0) == (40, 1, 30, 1)
    assert ask(conn, world, value, value, cap=20.0) == (20, 60, 20, 30)


def test_what_is_shown_as_a_query_runs_in_any_time_zone(conn, world):
    act(conn, world.project, [Act(1, at("12 11:59"), "open")])
    conn.exec_driver_sql("SET LOCAL timezone = 'Pacific/Auckland'")
    query = in_psql(rows(world, Metric(1, "primary", "Opened", OPENED, window_days=2)))
    row = conn.exec_driver_sql(query.replace("%", "%%")).one()
    assert (row.y, row.until, row.day) == (1, at("12 12:00"), at("12 12:00").date())
