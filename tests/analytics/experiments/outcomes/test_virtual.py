"""Experiments that nobody ran: base rates and A/A from the project's own actors."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql

from analytics.experiments.definition import InDimension, InSegment, Measure, Metric
from analytics.experiments.outcomes import a_a, a_a_sql, baseline, virtual
from analytics.experiments.outcomes.sums import SUMMED
from analytics.experiments.statistics.moments import NOTHING
from analytics.measures.cutting import read
from analytics.segments.counting import today
from db.access import create_project, project_secret
from db.identity import actor_key
from db.tables import projects, segment_members
from tests.analytics.experiments.outcomes.reference import Act, Shown, sums
from tests.analytics.reference import anyone, history
from tests.thorough import thorough

NOW = datetime(2026, 3, 31, 15, tzinfo=UTC)
METRIC = Metric(1, "primary", "Opened", Measure("events", "open"), window_days=5)
SHARE = Metric(1, "primary", "Failed", Measure("failures"), Measure("events"), window_days=5)


def ask(conn, project, metric=METRIC, *targeting):
    return baseline(conn, anyone(project), today(project, NOW), metric, targeting)


@thorough
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize("metric", [METRIC, SHARE], ids=["mean", "ratio"])
def test_everybody_is_exposed_right_after_their_first_event_of_two_weeks(
    conn, add_events, zone, metric
):
    kept = {"consent": "opt-out", "retention_months": None}
    project = create_project(conn, "p", timezone=zone, **kept)
    told = history(3, date(2026, 3, 1), 31)
    add_events(project, *(event.line for event in told))
    first = today(project, NOW).over(date(2026, 3, 12), date(2026, 3, 26))
    inside = [one for one in told if first.start <= one.day(first.tz) < first.end]
    starts = {one.who: one.at for one in sorted(inside, key=lambda one: one.at, reverse=True)}
    moment = timedelta(microseconds=1)
    shown = [Shown(who, at + moment, "") for who, at in starts.items()]
    acts = [Act(one.who, one.at, one.name, ok=one.ok) for one in told]
    wanted = dict.fromkeys(("n", *SUMMED), 0)
    for numbers in sums(metric, shown, acts, [], NOW + timedelta(days=1), zone).values():
        wanted = {name: wanted[name] + numbers[name] for name in wanted}
    found = ask(conn, project, metric)
    assert {name: getattr(found.sums, name) for name in wanted} == wanted
    assert (found.actors, found.share) == (len(starts), 1.0)
    assert (found.start, found.end, found.days) == (first.start, first.end, 14)
    assert found.per_day == len(starts) / 14


def test_what_lets_somebody_in_is_no_outcome(conn, project, add_events):
    """Else everybody would have done something, and nothing could be planned by it."""
    often = {"ann": 1, "bob": 1, "cid": 2}
    add_events(project, *(f"{w} open 2026-03-20T1{n}:00Z" for w in often for n in range(often[w])))
    anything = replace(METRIC, measure=Measure("did"))
    assert (ask(conn, project, anything).sums.y, ask(conn, project).sums.y) == (1, 1)


def test_of_any_number_of_actors_some_are_sampled(project):
    """A share of a hundred thousandth is not rounded to nobody."""
    query = a_a_sql(anyone(project), today(project, NOW), METRIC, share=1e-5)
    told = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    assert "< 21475" in told


def test_the_top_is_what_all_but_one_in_a_hundred_stay_under(conn, project, add_events):
    often = {f"u{who}": 2 + (who == 0) * 50 + who % 3 for who in range(120)}
    add_events(
        project,
        *(
            f"{who} open 2026-03-20T10:{minute:02}Z"
            for who, times in often.items()
            for minute in range(times)
        ),
    )
    assert ask(conn, project).top == np.percentile([times - 1 for times in often.values()], 99) == 3
    assert ask(conn, project, replace(METRIC, cap=2.0)).top == 2


def test_newcomers_are_those_of_the_second_week_who_were_not_there_in_the_first(
    conn, project, add_events
):
    week = {"ann": (12, 20), "bob": (18,), "cid": (19,), "dan": (25,), "eve": (11, 26)}
    add_events(project, *(f"{who} open 2026-03-{day}T10:00Z" for who in week for day in week[who]))
    found = ask(conn, project)
    assert (found.actors, found.newcomers, found.later_per_day) == (4, 2, 2 / 7)


DAYS = (
    "ann open 2026-03-20T10:00Z platform=web",
    "ann open 2026-03-21T10:00Z platform=ios",
    "ann open 2026-03-22T10:00Z platform=ios",
    "bob open 2026-03-20T10:00Z platform=web",
    "cid open 2026-03-26T10:00Z platform=ios",
    "dan open 2026-03-11T10:00Z platform=ios",
    "eve open 2026-03-20T10:00Z",
)


@pytest.mark.parametrize(
    ("condition", "actors", "y"),
    [
        (InDimension("platform", ("ios",)), 1, 1),  # ann, after her first event there
        (InDimension("platform", ("web", "")), 3, 2),
        (InDimension("platform", ("ios",), negated=True), 3, 2),
        (InSegment(4), 1, 2),
        (InSegment(4, negated=True), 2, 0),
        (InSegment(5), 0, 0),
    ],
)
def test_targeting_says_who_and_from_when(conn, project, add_events, condition, actors, y):
    add_events(project, *DAYS)
    key = actor_key(project_secret(conn, project.id), "ann")
    row = {"project_id": project.id, "segment_id": 4, "actor_key": key}
    conn.execute(insert(segment_members).values(row))
    found = ask(conn, project, METRIC, condition)
    assert (found.actors, found.sums.n, found.sums.y) == (actors, actors, y)


def test_what_is_not_over_yet_and_what_was_before_is_left_out(conn, project, add_events):
    add_events(project, *DAYS)
    found = ask(conn, project)
    assert (found.actors, found.sums.y) == (3, 2)


def test_nobody_is_known_without_ids_or_events(conn, project, add_events):
    nobody = create_project(conn, "n", consent="anonymous", retention_months=None)
    add_events(nobody, *DAYS)
    for each in (project, nobody):
        found = ask(conn, each)
        assert (found.sums, found.actors, found.share, found.per_day) == (NOTHING, 0, 0.0, 0.0)
        assert a_a(conn, anyone(each), today(each, NOW), METRIC, 3).empty


@pytest.fixture
def crowd(conn, project, add_events):
    """Six hundred people, whose keys are the same in each run: chance would fail one in 6,000."""
    same = update(projects).where(projects.c.id == project.id).values(secret=b"crowd" * 6)
    conn.execute(same)
    add_events(project, *(f"u{n} open 2026-03-20T10:00Z" for n in range(600)))
    return project


def test_of_many_a_sample_is_taken(conn, crowd, monkeypatch):
    monkeypatch.setattr(virtual, "MOST_ACTORS", 150)
    found = ask(conn, crowd)
    assert (found.actors, found.share) == (600, 0.25)
    assert 110 <= found.sums.n <= 190
    assert found.sums.x == found.sums.n
    halves = a_a(conn, anyone(crowd), today(crowd, NOW), METRIC, 2)
    assert set(halves.groupby("seed")["n"].sum()) == {found.sums.n}


@thorough
def test_halves_are_drawn_anew_each_time(conn, crowd):
    halves = a_a(conn, anyone(crowd), today(crowd, NOW), METRIC, 100)
    n = halves.pivot_table(values="n", index="seed", columns="variant")
    assert list(n.index) == list(range(1, 101))
    assert set(n.sum(axis="columns")) == {600}
    assert abs(n["A"].mean() - 300) < 6  # its standard error is 1.2
    assert 7 < n["A"].std() < 18  # of a fair coin, 12.2
    shown = read(conn, a_a_sql(anyone(crowd), today(crowd, NOW), METRIC, 100))
    assert shown.astype(halves.dtypes.to_dict()).equals(halves)


def test_neither_a_half_nor_the_sample_says_anything_about_another_half(conn):
    keys = select(func.generate_series(1, 8_000).label("key")).subquery()
    for seed, other in ((virtual.SAMPLING, virtual.SAMPLING + 1), (7, 8), (7, 71)):
        sides = [(virtual.hashed(keys.c.key, each) % 2).label(str(each)) for each in (seed, other)]
        counted = select(func.count()).select_from(keys).group_by(*sides)
        four = conn.execute(counted).scalars().all()
        assert len(four) == 4
        assert all(abs(n - 2_000) < 160 for n in four)  # a standard error is 39
