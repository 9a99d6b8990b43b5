"""The events of the demo: when they happen, to whom, and in what order."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from db.demo.experiments import lived
from db.demo.experiments.trials import TRIALS
from db.demo.kinds import KINDS
from db.demo.shape import Shape
from tests.db.demo.frames import NOW, SHAPE, frame_of
from tests.thorough import thorough

DAYS = 45  # so many that experiments begin


def test_the_same_seed_gives_the_same_events_and_another_seed_others():
    small = {"events": 3_000, "days": 10, "now": NOW, "zone": "UTC"}
    first, again, other = (frame_of(Shape(seed=seed, **small)) for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(first, again)
    assert set(first["event_id"]).isdisjoint(other["event_id"])


@thorough
def test_there_are_about_as_many_events_as_asked_for(demo):
    assert len(demo) == pytest.approx(SHAPE.events, rel=0.005)
    assert demo["event_id"].is_unique


def test_nothing_happens_after_now_nor_arrives_before_it_happens(demo):
    assert demo["occurred_at"].max() < NOW
    assert demo["received_at"].max() <= NOW
    assert (demo["received_at"] >= demo["occurred_at"]).all()
    assert demo["occurred_at"].max() > NOW - timedelta(minutes=5)
    assert demo["occurred_at"].min() >= pd.Timestamp(SHAPE.first_day, tz="UTC")


@thorough
@pytest.mark.parametrize(
    ("zone", "now"),
    [
        ("UTC", "2026-03-18T00:00:00+00:00"),
        ("America/New_York", "2026-03-12T03:59:59+00:00"),  # a day of 23 hours on 8 March
        ("Pacific/Auckland", "2026-04-09T11:00:00+00:00"),  # a day of 25 hours on 5 April
    ],
)
def test_each_chunk_is_one_day_of_the_project_in_the_order_of_the_primary_key(zone, now):
    shape = Shape(20_000, 7, DAYS, datetime.fromisoformat(now), zone)
    for day, events in enumerate(lived(shape)):
        frame = events.to_pandas()
        local = frame["occurred_at"].dt.tz_convert(zone).dt.date
        assert set(local) <= {shape.date_of(day)}
        in_order = frame.sort_values(["actor_key", "occurred_at"], kind="stable")
        pd.testing.assert_frame_equal(frame, in_order)
    assert day == DAYS - 1


def test_sessions_of_a_person_are_half_an_hour_apart(demo):
    known = demo.dropna(subset="session_key")
    span = known.groupby(["actor_key", "session_key"])["occurred_at"].agg(["min", "max"])
    span = span.reset_index().sort_values(["actor_key", "min"])
    gap = span["min"] - span.groupby("actor_key")["max"].shift()
    assert (gap < pd.Timedelta(minutes=30)).mean() < 0.001  # but for a few around midnight
    assert len(known) / len(span) == pytest.approx(10, rel=0.15)


def test_people_keep_their_country_and_channel_and_most_of_them_their_platform(demo):
    by_actor = demo.groupby("actor_key")
    assert by_actor["country"].nunique().max() == 1
    assert by_actor["channel"].nunique().max() == 1
    main = demo.groupby(["actor_key", "platform"], observed=True).size().groupby("actor_key").max()
    assert main.sum() / len(demo) > 0.9


@thorough
def test_plans_only_go_up(demo):
    order = {"free": 0, "pro": 1, "team": 1}
    level = demo.sort_values("occurred_at", kind="stable")["plan"].astype(str).map(order)
    assert (level.groupby(demo["actor_key"]).diff().dropna() >= 0).all()


def test_versions_replace_each_other(demo):
    days = demo.groupby("app_version", observed=True)["day"].median()
    assert days[[f"3.{n}.0" for n in range(7)]].is_monotonic_increasing
    last_day = demo.loc[demo["day"] == demo["day"].max(), "app_version"]
    assert (last_day == "3.6.0").mean() > 0.5


def test_every_kind_occurs_and_failures_name_their_reason(demo):
    found = set(demo[["name", "subject"]].drop_duplicates().itertuples(index=False, name=None))
    brought = {("exposure", trial.key) for trial in TRIALS} | {
        (name, "")
        for trial in TRIALS
        for name in (trial.goal, *([trial.clock.name] if trial.clock else []))
    }
    assert found == set(KINDS) | brought
    assert 90 <= len(KINDS) <= 100
    assert ((demo["error_type"] == "") == demo["ok"]).all()
    assert not demo.loc[demo["name"] == "error", "ok"].any()


def test_every_completion_follows_its_start_and_no_failed_start_is_completed(demo):
    pairs = demo[demo["name"].isin(["template_used", "template_completed"])]
    pairs = pairs.sort_values(["actor_key", "occurred_at"], kind="stable")
    done = pairs["name"] == "template_completed"
    before = pairs.shift()[done]
    assert (before["name"] == "template_used").all()
    assert (before["subject"] == pairs.loc[done, "subject"]).all()
    assert before["ok"].all()


@pytest.mark.parametrize(("count", "days"), [(1, 1), (40, 2), (90, 90), (700, 7)])
def test_small_demos_are_possible(count, days):
    frame = frame_of(Shape(count, 7, days, NOW, "Asia/Kolkata"))
    assert frame.empty or frame["occurred_at"].max() < NOW
