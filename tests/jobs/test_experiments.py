"""The worker counts what is due of experiments, once, and again what may have changed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text, update
from structlog.testing import capture_logs

import jobs.experiments as job
from analytics.experiments.definition import METRICS, Measure, Metric
from analytics.experiments.outcomes import exposure_counts, outcome_sums
from db.access import create_project
from db.experiments.running import kill_experiment
from db.tables import (
    events,
    experiment_recounts,
    experiments,
    outcome_days,
    projects,
)
from jobs.erasing import erase_person
from jobs.experiments import ExperimentCounter, count, due
from jobs.forgetting import forget_old_feedback
from jobs.outcomes import count_experiment, runs
from tests.analytics.experiments.outcomes.reference import Act, Said, Shown
from tests.analytics.experiments.outcomes.world import act, at, experiment, expose, say
from tests.analytics.reference import anyone
from tests.thorough import thorough
from tests.written import add_events

START = at("2 00:00")
METRIC = Metric(1, "primary", "Opened", Measure("events", "open"), window_days=2)
LATER = Metric(2, "secondary", "Saved", Measure("did", "save"), window_days=5)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(own_engine):
    with own_engine.begin() as conn:
        project = create_project(conn, "shop", consent="opt-out", retention_months=None)
        kept = METRICS.dump_python((METRIC, LATER), mode="json")
        return experiment(conn, project, START, metrics=kept)


@pytest.fixture
def shown(own_engine, world):
    """Three people, exposed on three days, who each opened once the hour after."""
    people = [Shown(n, at(f"{n + 1} 10:00"), "AB"[n % 2]) for n in (1, 2, 3)]
    add(own_engine, world, people, *(Act(one.who, one.at + 60 * MINUTE, "open") for one in people))
    return people


def add(engine, world, shown, *acts):
    with engine.begin() as conn:
        expose(conn, world, shown)
        act(conn, world.project, acts)


def opened(engine, world, metric=1):
    """(n, y) by variant and the day of March."""
    with engine.connect() as conn:
        theirs = (conn, anyone(world.project), world.project.id, world.experiment_id)
        rows = outcome_sums(*theirs).query("metric == @metric")
    return {(row.variant, row.day.day): (row.n, row.y) for row in rows.itertuples()}


def change(engine, world, **values):
    with engine.begin() as conn:
        one = experiments.c.id == world.experiment_id
        conn.execute(update(experiments).where(one).values(values))


def counted_at(engine, world):
    with engine.connect() as conn:
        one = experiments.c.id == world.experiment_id
        return conn.execute(select(experiments.c.counted_at).where(one)).scalar_one()


def test_an_actor_counts_on_the_day_on_which_the_window_is_over(own_engine, world, shown):
    assert count(own_engine, at("4 09:59")) == 1
    assert opened(own_engine, world) == {}
    assert count(own_engine, at("4 10:00")) == 1
    assert opened(own_engine, world) == {("B", 4): (1, 1.0)}
    assert count(own_engine, at("9 00:00")) == 1
    everybody = {("B", 4): (1, 1.0), ("A", 5): (1, 1.0), ("B", 6): (1, 1.0)}
    assert opened(own_engine, world) == everybody
    assert opened(own_engine, world, metric=2) == {("B", 7): (1, 0.0), ("A", 8): (1, 0.0)}


def test_it_is_counted_once_a_minute_and_counting_again_changes_nothing(own_engine, world, shown):
    now = at("6 12:00")
    assert count(own_engine, now) == 1
    before = opened(own_engine, world)
    assert count(own_engine, now + MINUTE / 2) == 0
    assert count(own_engine, now + MINUTE) == 1
    assert opened(own_engine, world) == before
    assert counted_at(own_engine, world) == now + MINUTE


def test_what_comes_late_counts_for_three_days(own_engine, world, shown):
    count(own_engine, at("6 12:00"))
    add(own_engine, world, [], Act(1, at("2 11:00"), "open"), Act(3, at("4 11:00"), "open"))
    count(own_engine, at("6 13:00"))
    assert opened(own_engine, world)["B", 4] == (1, 2.0)
    count(own_engine, at("10 12:00"))
    add(own_engine, world, [], Act(1, at("2 12:00"), "open"))
    count(own_engine, at("10 13:00"))
    assert opened(own_engine, world)["B", 4] == (1, 2.0)


@thorough
def test_who_is_seen_in_a_second_variant_is_taken_out_whenever_that_is(own_engine, world):
    late(own_engine, world, *(f"u{n} {'AB'[n % 2]} 2026-03-0{n + 1}T10:00Z" for n in (1, 2, 3)))
    with own_engine.begin() as conn:
        lines = (f"u{n} open 2026-03-0{n + 1}T11:00Z" for n in (1, 2, 3))
        add_events(conn, world.project, *lines)
    count(own_engine, at("20 12:00"))
    everybody = {("B", 4): (1, 1.0), ("A", 5): (1, 1.0), ("B", 6): (1, 1.0)}
    assert opened(own_engine, world) == everybody
    late(own_engine, world, "u1 {A} 2026-03-20T12:00Z")
    count(own_engine, at("20 13:00"))
    assert opened(own_engine, world) == {("A", 5): (1, 1.0), ("B", 6): (1, 1.0)}
    with own_engine.connect() as conn:
        theirs = (anyone(world.project), world.project.id, world.experiment_id)
        frame = exposure_counts(conn, *theirs)
    assert frame[["n", "mixed"]].to_numpy().tolist() == [[1, 1], [1, 0], [1, 0]]


ALL_BUT_THE_FIRST = {("A", 5): (1, 1.0), ("B", 6): (1, 1.0)}


def erase(engine, world, who=1):
    with engine.begin() as conn:
        erase_person(conn, world.project.id, who)


def test_the_days_of_who_was_erased_are_counted_anew(own_engine, world, shown):
    count(own_engine, at("20 12:00"))
    with own_engine.begin() as conn:
        conn.execute(delete(events).where(events.c.actor_key == 2))
    erase(own_engine, world)
    assert count(own_engine, at("20 12:01")) == 1
    assert opened(own_engine, world) == ALL_BUT_THE_FIRST  # as it was on all other days
    assert by_day(own_engine, world) == {("A", 3): (1, 0), ("B", 4): (1, 0)}
    assert recounts(own_engine) == 0


def by_day(engine, world):
    """(n, mixed) of the exposures by variant and the day of March."""
    with engine.connect() as conn:
        theirs = (anyone(world.project), world.project.id, world.experiment_id)
        rows = exposure_counts(conn, *theirs)
    return {(row.variant, row.day.day): (row.n, row.mixed) for row in rows.itertuples()}


def recounts(engine):
    with engine.connect() as conn:
        return conn.execute(select(func.count()).select_from(experiment_recounts)).scalar_one()


@thorough
def test_one_that_is_over_is_counted_once_more_when_somebody_is_erased(own_engine, world, shown):
    change(own_engine, world, state="stopped", stopped_at=at("4 12:00"))
    count(own_engine, at("20 12:00"))
    erase(own_engine, world)
    assert count(own_engine, at("25 12:00")) == 1
    assert opened(own_engine, world) == ALL_BUT_THE_FIRST
    assert not due(own_engine, at("26 12:00"))


@thorough
@pytest.mark.parametrize("before", [[], [at("20 12:00")]])
def test_who_is_erased_while_it_counts_is_not_in_the_next_count(
    own_engine, world, shown, monkeypatch, before
):
    def and_erased(*counting):
        count_experiment(*counting)
        erase(own_engine, world)

    for moment in before:
        count(own_engine, moment)
    with monkeypatch.context() as patched:
        patched.setattr(job, "count_experiment", and_erased)
        count(own_engine, at("20 12:05"))
    count(own_engine, at("20 12:06"))
    assert opened(own_engine, world) == ALL_BUT_THE_FIRST


def test_a_kill_does_not_wait_for_who_is_being_erased(own_engine, world, shown):
    with own_engine.begin() as erasing, own_engine.begin() as killing:
        erase_person(erasing, world.project.id, 1)
        killing.execute(text("SET LOCAL lock_timeout = '2s'"))
        kill_experiment(killing, world.project.id, "button", True)


@thorough
def test_exposures_that_come_late_are_counted_whenever_that_is(own_engine, world, shown):
    count(own_engine, at("20 12:00"))
    late(own_engine, world, "u9 {A} 2026-03-05T10:00Z", "u9 {A} 2026-03-05T11:00Z")
    count(own_engine, at("20 12:01"))
    assert by_day(own_engine, world)["A", 5] == (1, 0)
    assert opened(own_engine, world)["A", 7] == (1, 0.0)
    late(own_engine, world, "u9 {B} 2026-03-04T10:00Z")  # the first one, and in another variant
    count(own_engine, at("20 12:02"))
    assert by_day(own_engine, world)["B", 4] == (2, 1)
    assert ("A", 5) not in by_day(own_engine, world)
    assert ("A", 7) not in opened(own_engine, world)
    assert recounts(own_engine) == 0


def test_who_is_found_late_in_two_variants_is_taken_out(own_engine, world):
    late(own_engine, world, "u9 {A} 2026-03-05T10:00Z")
    count(own_engine, at("20 12:00"))
    assert opened(own_engine, world) == {("A", 7): (1, 0.0)}
    late(own_engine, world, "u9 {B} 2026-03-06T10:00Z")
    count(own_engine, at("20 12:01"))
    assert opened(own_engine, world) == {}
    assert by_day(own_engine, world) == {("A", 5): (1, 1)}


def test_exposures_that_change_nothing_ask_for_no_recount(own_engine, world):
    lines = ("u9 {A} 2026-03-05T10:00Z", "u9 {B} 2026-03-06T10:00Z")
    late(own_engine, world, *lines)
    count(own_engine, at("20 12:00"))
    late(own_engine, world, *lines, "u9 {A} 2026-03-07T10:00Z", "u9 {B} 2026-03-08T10:00Z")
    assert recounts(own_engine) == 0


def late(engine, world, *lines):
    """Store and roll up exposures: who, {variant} and moment of each."""
    shown = 'exposure {at} subject=button purpose=features properties={{"variant":"{variant}"}}'
    told = [line.replace("{", "").replace("}", "").split() for line in lines]
    with engine.begin() as conn:
        each = (f"{who} {shown.format(at=when, variant=variant)}" for who, variant, when in told)
        add_events(conn, world.project, *each)


@given(st.lists(st.integers(0, 60), unique=True, max_size=12), st.integers(1, 20))
def test_days_are_cut_where_they_are_far_from_each_other(numbers, apart):
    days = [START.date() + timedelta(days=number) for number in sorted(numbers)]
    found = runs(days, apart)
    assert [day for run in found for day in run] == days
    assert all((b - a).days <= apart for run in found for a, b in pairwise(run))
    assert all((b[0] - a[-1]).days > apart for a, b in pairwise(found))


def test_that_all_is_counted_anew_may_be_asked_for_while_it_counts(
    own_engine, world, shown, monkeypatch
):
    def meanwhile(*counting):
        change(own_engine, world, counted_at=None)

    count(own_engine, at("20 12:00"))
    monkeypatch.setattr(job, "count_experiment", meanwhile)
    count(own_engine, at("20 13:00"))
    assert counted_at(own_engine, world) is None


def test_days_whose_events_are_past_their_retention_stay_as_they_were(own_engine, world, shown):
    count(own_engine, at("20 12:00"))
    before = opened(own_engine, world)
    with own_engine.begin() as conn:
        conn.execute(delete(events))
        ours = projects.c.id == world.project.id
        conn.execute(update(projects).where(ours).values(retention_months=1))
    change(own_engine, world, counted_at=None)
    count(own_engine, datetime(2026, 4, 20, tzinfo=UTC))
    assert opened(own_engine, world) == before


def test_days_whose_feedback_is_nobodys_any_more_stay_as_they_were(own_engine, world, shown):
    said = Measure("satisfied", feedback="csat")
    liked = Metric(1, "primary", "Liked", said, Measure("answers", feedback="csat"), window_days=2)
    change(own_engine, world, metrics=METRICS.dump_python((liked, LATER), mode="json"))
    with own_engine.begin() as conn:
        told = [Said(who, at(f"{who + 1} 12:00"), "csat", score=5) for who in (2, 3)]
        say(conn, world.project, told)
    count(own_engine, at("20 12:00"))
    before = {("B", 4): (1, 0.0), ("A", 5): (1, 1.0), ("B", 6): (1, 1.0)}
    assert opened(own_engine, world) == before
    november = datetime(2026, 11, 2, tzinfo=UTC)
    with own_engine.begin() as conn:
        assert forget_old_feedback(conn, november) == 2
    erase(own_engine, world, 2)
    change(own_engine, world, counted_at=None)
    count(own_engine, november)
    assert opened(own_engine, world) == before
    assert opened(own_engine, world, metric=2) == {("B", 7): (1, 0.0), ("B", 9): (1, 0.0)}


def test_one_that_was_stopped_is_counted_until_its_last_windows_are_over(own_engine, world, shown):
    change(own_engine, world, state="stopped", stopped_at=at("4 12:00"))
    assert count(own_engine, at("12 12:00")) == 1
    assert count(own_engine, at("12 12:01")) == 1
    assert not due(own_engine, at("13 12:00"))
    assert opened(own_engine, world, metric=2)["B", 9] == (1, 0.0)


@pytest.mark.parametrize(
    "other", [{"kind": "flag"}, {"kind": "import"}, {"state": "draft", "started_at": None}]
)
def test_what_has_no_outcomes_of_its_own_is_left_alone(own_engine, world, other):
    row = {"experiment_id": world.experiment_id, "project_id": world.project.id, "phase": 1}
    row |= {"metric": 1, "variant": "A", "day": START.date(), "n": 7}
    with own_engine.begin() as conn:
        conn.execute(insert(outcome_days).values(row))
    change(own_engine, world, **other)
    assert count(own_engine, at("9 00:00")) == 0
    assert opened(own_engine, world) == {("A", 2): (7, 0.0)}


def test_metrics_that_can_not_be_read_keep_no_other_experiment_from_being_counted(
    own_engine, world, shown
):
    with own_engine.begin() as conn:
        other = create_project(conn, "other", consent="opt-out", retention_months=None)
        experiment(conn, other, START - MINUTE, metrics=[{"id": "of the future"}])
    with capture_logs() as logged:
        assert count(own_engine, at("9 00:00")) == 2
    assert [entry["error"] for entry in logged] == ["BadExperiment"]
    assert len(opened(own_engine, world)) == 3


def test_a_failure_is_told_without_what_was_read_and_tried_again(
    own_engine, world, shown, monkeypatch
):
    with monkeypatch.context() as patched, capture_logs() as logged:
        patched.setattr("jobs.outcomes.LONGEST", "no time at all")
        assert count(own_engine, at("9 00:00")) == 0
    assert logged[0]["error"] == "DataError"
    assert counted_at(own_engine, world) is None
    assert count(own_engine, at("9 00:00")) == 1


def test_the_counter_works_beside_the_worker_and_rests_in_between(own_engine, world, shown):
    counter = ExperimentCounter()
    assert counter.look(own_engine)
    counter._thread.join(60)
    first = counted_at(own_engine, world)
    assert first is not None
    assert len(opened(own_engine, world)) == 3
    change(own_engine, world, counted_at=None)
    assert counter.look(own_engine)
    counter._thread.join(60)
    assert counted_at(own_engine, world) is None
    counter._rest_until.clear()
    assert counter.look(own_engine)
    counter._thread.join(60)
    assert counted_at(own_engine, world) > first
    counter.stop()
