"""Sums that are kept, the SQL that is shown and the reference agree on any history."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.experiments.definition import Measure, Metric
from analytics.experiments.outcomes import (
    exposure_counts,
    exposure_counts_sql,
    outcome_sums,
    outcome_sums_by_dimension,
    outcome_sums_by_dimension_sql,
    outcome_sums_sql,
)
from analytics.experiments.outcomes.sums import SUMMED
from analytics.measures.cutting import read
from analytics.segments.counting import today
from db.access import create_project
from jobs.outcomes import Counting, count_exposures, count_outcomes
from tests.analytics.experiments.outcomes.reference import Act, Said, Shown, sums
from tests.analytics.experiments.outcomes.world import PLATFORMS, act, experiment, expose, say
from tests.analytics.reference import anyone
from tests.conftest import undone
from tests.thorough import cases, thorough

BEGIN = datetime(2026, 3, 27, tzinfo=UTC)  # two days before the clocks change in Berlin
PEOPLE = range(1, 5)
NAMES = ("open", "save", "exposure")
ZONES = ("UTC", "Europe/Berlin", "Pacific/Auckland")
FUNNELS = (
    "steps=open~save&order=ordered&window=12h",
    "steps=open~open&order=ordered&window=2d",
    "steps=open~save&order=strict&window=2d",
    "steps=save~open&order=any&window=1d",
    "steps=open~open&order=ordered&window=2d&without=save",
)

who = st.sampled_from(PEOPLE)
moments = st.integers(0, 28).map(lambda number: BEGIN + timedelta(hours=6 * number))
maybe = st.none() | st.sampled_from([0.0, 1.5, 40.0])
acts = st.builds(
    Act,
    who=who,
    at=moments,
    name=st.sampled_from(NAMES),
    subject=st.sampled_from(["", "a"]),
    ok=st.booleans(),
    duration=maybe,
    value=st.none() | st.sampled_from([-2.0, 0.25, 30.0]),
    session=st.none() | st.integers(1, 2),
)
said = st.builds(
    Said,
    who=who,
    at=moments,
    kind=st.sampled_from(["rating", "nps"]),
    score=st.none() | st.integers(0, 10),
    helpful=st.none() | st.booleans(),
    sentiment=st.sampled_from([None, "positive", "neutral", "negative", "not_scored"]),
    corrected=st.sampled_from([None, None, "positive", "negative"]),
)
exposed = st.builds(
    Shown,
    who=who,
    at=moments,
    variant=st.sampled_from("AB"),
    phase=st.integers(1, 2),
    platform=st.sampled_from(PLATFORMS),
    mixed=st.sampled_from([False, False, False, True]),
)
events = st.sampled_from(["", "open"])
measures = st.one_of(
    st.builds(
        Measure,
        st.sampled_from(
            ["did", "events", "failures", "value", "duration", "timed", "sessions", "days"]
        ),
        events,
    ),
    st.builds(Measure, st.just("events"), st.just("open"), st.just("a")),
    st.builds(Measure, st.just("slow"), events, threshold=st.just(1.5)),
    st.builds(Measure, st.just("back"), events, day=st.just(1), after=st.booleans()),
    st.builds(Measure, st.just("funnel"), funnel=st.sampled_from(FUNNELS)),
    st.builds(
        Measure,
        st.sampled_from(["score", "answers", "promoters", "satisfied", "helpful"]),
        feedback=st.sampled_from(["rating", "nps"]),
    ),
    st.builds(Measure, st.sampled_from(["helpful", "judged", "sentiment", "scored", "said"])),
)
metrics = st.builds(
    Metric,
    id=st.just(3),
    role=st.just("primary"),
    label=st.just("m"),
    measure=measures,
    over=st.none() | measures,
    window_days=st.integers(2, 3),
    cap=st.none() | st.just(1.25),
)


@pytest.fixture(scope="module")
def worlds(module_conn):
    made = {}
    for zone in ZONES:
        kept = {"consent": "opt-out", "retention_months": None}
        project = create_project(module_conn, f"of {zone}", timezone=zone, **kept)
        made[zone] = experiment(module_conn, project, BEGIN, phases=2)
    return made


@thorough
@settings(max_examples=cases(40), deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    shown=st.lists(exposed, max_size=8, unique_by=lambda one: one.who),
    acts=st.lists(acts, max_size=16),
    said=st.lists(said, max_size=4),
    metric=metrics,
    now=st.integers(0, 60).map(lambda number: BEGIN + timedelta(hours=5 * number)),
)
def test_they_agree(module_conn, worlds, zone, shown, acts, said, metric, now):
    world, conn = worlds[zone], module_conn
    project, number = world.project, world.experiment_id
    viewer, filters = anyone(project), today(project, now)
    with undone(conn):
        act(conn, project, acts)
        say(conn, project, said)
        expose(conn, world, shown)
        counting = Counting(project, number, None, now)
        count_exposures(conn, counting)
        count_outcomes(conn, counting, metric)
        for phase in (1, 2):
            wanted = exposures(shown, now, zone, phase)
            assert counts(exposure_counts(conn, viewer, project.id, number, phase)) == wanted
            query = exposure_counts_sql(viewer, filters, number, phase)
            assert counts(read(conn, query)) == wanted
            wanted = of_phase(sums(metric, shown, acts, said, now, zone), phase)
            assert rows(outcome_sums(conn, viewer, project.id, number, phase)) == wanted
            query = outcome_sums_sql(viewer, filters, number, phase, metric)
            assert rows(read(conn, query)) == wanted
            parts = sums(metric, shown, acts, said, now, zone, by=lambda one: (one.platform,))
            wanted = summed_over_days(of_phase(parts, phase))
            theirs = (conn, viewer, project.id, number, "platform", phase)
            assert values(outcome_sums_by_dimension(*theirs)) == wanted
            by = (viewer, filters, number, phase, metric, "platform")
            assert values(read(conn, outcome_sums_by_dimension_sql(*by))) == wanted


def exposures(shown, now, zone, phase):
    """(n, mixed) by day and variant."""
    found = defaultdict(lambda: (0, 0))
    for one in shown:
        if one.phase == phase and one.at <= now:
            key = (one.at.astimezone(ZoneInfo(zone)).date(), one.variant)
            n, mixed = found[key]
            found[key] = (n + 1, mixed + one.mixed)
    return dict(found)


def counts(frame):
    days = [day.date() if isinstance(day, datetime) else day for day in frame["day"]]
    keys = zip(days, frame["variant"], strict=True)
    return dict(zip(keys, zip(frame["n"], frame["mixed"], strict=True), strict=True))


def of_phase(found, phase):
    return {key[1:]: numbers for key, numbers in found.items() if key[0] == phase}


def summed_over_days(found):
    added = {}
    for (variant, _, platform), numbers in found.items():
        so_far = added.setdefault((variant, platform or "(not set)"), dict.fromkeys(numbers, 0))
        for name, value in numbers.items():
            so_far[name] += value
    return added


def numbers_of(row):
    return {name: getattr(row, name) for name in ("n", *SUMMED)}


def rows(frame):
    assert set(frame["metric"]) <= {3}
    days = [day.date() if isinstance(day, datetime) else day for day in frame["day"]]
    keyed = zip(frame["variant"], days, strict=True)
    return dict(zip(keyed, map(numbers_of, frame.itertuples()), strict=True))


def values(frame):
    keyed = zip(frame["variant"], frame["value"], strict=True)
    return dict(zip(keyed, map(numbers_of, frame.itertuples()), strict=True))
