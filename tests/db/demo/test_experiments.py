"""The experiments of the demo: they say what was planted whatever the seed, and change no more."""

import math
from datetime import timedelta
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Connection, func, select

from analytics.experiments.definition import metrics_of, targeting_of
from analytics.experiments.statistics import Design, Sums, needed
from db.__main__ import make_demo
from db.access import PERSONAS, Project, create_demo
from db.demo.experiments import keep_experiments, lived
from db.demo.experiments.exposing import evenly
from db.demo.experiments.keeping import FLAGS, draft
from db.demo.experiments.trials import BROKEN, DECIDED, HARMFUL, NULL, TRIALS, WINNER, Trial
from db.demo.generate import chunks
from db.demo.shape import Shape
from db.engine import make_engine
from db.experiments.checking import check_measured
from db.experiments.history import list_changes
from db.experiments.kept import find_experiment, list_experiments, list_phases
from db.tables import exposure_days, hypotheses
from tests.db.demo.frames import NOW, SHAPE, frame_of
from tests.db.demo.tried import exposures, following, people
from tests.thorough import thorough

pytestmark = thorough

USUAL = 200_000  # events, as `make run` has them
SEEDS = (7, 8)


@pytest.fixture(scope="module", params=SEEDS)
def usual(request: pytest.FixtureRequest) -> pd.DataFrame:
    """All events of a demo of the usual size."""
    return frame_of(Shape(USUAL, request.param, 90, NOW, "UTC"))


def planned(demo: pd.DataFrame, trial: Trial) -> pd.DataFrame:
    """The people whose week is over on the first day on which there are as many as planned."""
    exposed = people(demo, trial.key)
    ripe = exposed["occurred_at"] + pd.Timedelta(days=7)
    exposed = exposed.assign(day=ripe.dt.floor("D"))
    counted = exposed[~exposed["mixed"] & (ripe <= NOW)].sort_values("day")
    assert len(counted) >= trial.units
    return counted[counted["day"] <= counted["day"].iloc[trial.units - 1]]


def z_of(demo: pd.DataFrame, trial: Trial) -> float:
    """The difference of the shares that reach the goal, in its standard errors."""
    counted = planned(demo, trial)
    reached = counted.index.isin(following(demo, trial.key, trial.goal)["actor_key"])
    first, second = (reached[counted["variant"] == key] for key in trial.variants)
    error = math.hypot(first.std() / len(first) ** 0.5, second.std() / len(second) ** 0.5)
    return float((second.mean() - first.mean()) / error)


def z_of_split(demo: pd.DataFrame, trial: Trial) -> float:
    """How far the split is from an even one, in its standard errors."""
    second = people(demo, trial.key)["variant"] == trial.variants[1]
    return float((second.mean() - 0.5) * 2 * len(second) ** 0.5)


@pytest.mark.parametrize("trial", [WINNER, HARMFUL, DECIDED], ids=lambda trial: trial.key)
def test_what_works_is_found_at_the_planned_size(usual, trial):
    assert z_of(usual, trial) > 2.5
    assert abs(z_of_split(usual, trial)) < 1


def test_what_changes_nothing_looks_like_it(usual):
    assert abs(z_of(usual, NULL)) < 1
    assert abs(z_of_split(usual, NULL)) < 1


def test_the_broken_split_is_far_off(usual):
    assert z_of_split(usual, BROKEN) < -4  # p < 0.0001, and 0.001 is the limit


@pytest.mark.parametrize("trial", [WINNER, HARMFUL, DECIDED], ids=lambda trial: trial.key)
def test_a_guardrail_is_broken_in_one_experiment_and_held_in_another(usual, trial):
    took = following(usual, trial.key, trial.clock.name)
    took = took[took["actor_key"].isin(planned(usual, trial).index)]
    first, second = (took.loc[took["variant"] == key, "duration_ms"] for key in trial.variants)
    change = second.mean() / first.mean() - 1
    error = math.hypot(*(each.std() / each.mean() / len(each) ** 0.5 for each in (first, second)))
    low, high = change - 3 * error, change + 3 * error
    assert low > trial.clock.margin if trial == HARMFUL else high < trial.clock.margin


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.key)
def test_as_many_are_planned_as_the_effect_needs(trial):
    rate, n = trial.rates[0], 1_000
    did = n * rate
    shares = Sums(n, y=did, d=n, x=0, z=n, yy=did, yd=did, yx=0, yz=did,
                  dd=n, dx=0, dz=n, xx=0, xz=0, zz=n)  # fmt: skip
    (primary, *_) = metrics_of(draft(trial).metrics)
    design = Design(dict.fromkeys(trial.variants, 1), trial.variants[0])
    assert needed(shares, primary, trial.effect, design) == pytest.approx(trial.units, rel=0.02)


@pytest.mark.parametrize("trial", [WINNER, HARMFUL, DECIDED], ids=lambda trial: trial.key)
def test_what_works_would_be_found_among_as_many_without_quotas_too(trial):
    first, second = trial.rates
    error = math.sqrt((first * (1 - first) + second * (1 - second)) / (trial.units / 2))
    assert NormalDist().cdf((second - first) / error - 1.96) > 0.94


def test_people_are_dealt_out_in_quotas():
    rng = np.random.default_rng(1)
    group = rng.integers(0, 3, 500)
    dealt = evenly(rng, group)
    assert ((dealt >= 0) & (dealt < 1)).all()
    for number in range(3):
        ours = dealt[group == number]
        for bound in (0.02, 0.44, 0.5):
            assert abs((ours < bound).sum() - bound * len(ours)) <= 1
    assert abs(np.corrcoef(dealt, evenly(rng, group))[0, 1]) < 0.2


def test_each_is_exposed_once_on_a_page_but_for_those_who_see_both(demo):
    for trial in TRIALS:
        shown = exposures(demo, trial.key)
        assert set(shown["platform"]) <= {"web", "ios", "android"}
        twice = shown.groupby("actor_key")["variant"].agg(["size", "nunique"])
        assert (twice["size"] == twice["nunique"]).all()
        assert (twice["size"] == 2).any() == (trial.mixed > 0)


def test_nobody_is_exposed_before_the_start_or_after_the_stop(demo):
    for trial in TRIALS:
        at = exposures(demo, trial.key)["occurred_at"]
        assert at.min() >= pd.Timestamp(NOW.date() - timedelta(days=trial.started), tz="UTC")
        assert at.max() < pd.Timestamp(NOW.date() - timedelta(days=trial.stopped - 1), tz="UTC")


def test_a_day_keeps_its_size_and_its_people_and_their_sessions():
    shape = Shape(100_000, 7, 50, NOW, "UTC")
    for chunk, added in zip(chunks(shape), lived(shape), strict=True):
        assert len(added) == len(chunk)
        for name in ("actor_key", "session_key"):
            assert set(added[name].unique().to_pylist()) == set(chunk[name].unique().to_pylist())


def test_a_demo_that_is_too_short_has_no_experiments():
    shape = Shape(2_000, 7, 30, NOW, "UTC")
    for chunk, events in zip(chunks(shape), lived(shape), strict=True):
        assert events.equals(chunk)


# In the database ------------------------------------------------------------------------------


@pytest.fixture
def team(conn: Connection) -> Project:
    project = create_demo(conn, "demo")
    keep_experiments(conn, project, SHAPE)
    return project


def test_the_experiments_are_kept_as_somebody_would_have_led_them(conn, team):
    found = {each.key: each for each in list_experiments(conn, team.id, "experiment")}
    assert list(found) == [trial.key for trial in reversed(TRIALS)]
    for trial in TRIALS:
        each = found[trial.key]
        (phase,) = list_phases(conn, team.id, each.id)
        metrics_of(each.metrics)
        check_measured(each)
        (on_clients,) = targeting_of(each.targeting)
        assert on_clients.values == ("web", "ios", "android")
        assert each.plan is not None
        assert each.plan["units"] == trial.units
        assert each.maker == PERSONAS["product"]
        assert each.started_at == phase.started_at
        assert NOW - each.started_at == pytest.approx(timedelta(trial.started), abs=timedelta(1))
        assert (each.state, phase.ended_at) == (
            ("stopped", each.stopped_at) if trial.stopped else ("running", None)
        )


def test_one_experiment_is_decided_and_its_history_is_told(conn, team):
    decided = find_experiment(conn, team.id, DECIDED.key)
    assert (decided.decision, decided.decided_variant) == ("shipped", "one_step")
    changes = list_changes(conn, team.id, decided.id)
    assert [change.action for change in changes] == ["decided", "stopped", "started", "created"]
    times = [change.at for change in changes]
    assert times == sorted(times, reverse=True)
    assert max(times) < NOW


def test_the_flags_are_on(conn, team):
    flags = list_experiments(conn, team.id, "flag")
    assert {flag.key for flag in flags} == {flag.key for flag in FLAGS.values()}
    assert all(
        flag.state == "running" and targeting_of(flag.targeting) is not None for flag in flags
    )


def test_keeping_them_again_replaces_them(conn, team):
    short = Shape(2_000, 7, 30, NOW, "UTC")
    keep_experiments(conn, team, short)
    assert len(list_experiments(conn, team.id)) == len(FLAGS)
    keep_experiments(conn, team, SHAPE)
    assert len(list_experiments(conn, team.id)) == len(FLAGS) + len(TRIALS)


def test_a_demo_is_counted_and_its_decided_experiment_linked_to_what_was_believed(own_database):
    make_demo(own_database, "demo", 3_000, days=70)
    h, own_engine = hypotheses.c, make_engine(own_database)
    linked = select(h.project_id, h.state, h.event, h.shipped_at).where(h.experiment == DECIDED.key)
    people_of = select(exposure_days.c.experiment_id, func.sum(exposure_days.c.n))
    with own_engine.connect() as conn:
        (held,) = conn.execute(linked).all()
        found = {each.key: each for each in list_experiments(conn, held.project_id, "experiment")}
        exposed = dict(conn.execute(people_of.group_by(exposure_days.c.experiment_id)).all())
    own_engine.dispose()
    decided = found[DECIDED.key]
    assert tuple(held)[1:] == ("confirmed", DECIDED.goal, decided.stopped_at)
    assert all(each.counted_at is not None and exposed[each.id] > 5 for each in found.values())
    assert len(found) == len(TRIALS)
