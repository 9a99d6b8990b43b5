"""The demo data: what was planted can be measured, here with pandas and no SQL."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import URL, Engine, func, select

from analytics.segments.definition import definition_of
from db.access import PERSONAS, create_demo, create_project
from db.demo import fill
from db.demo.generate import chunks
from db.demo.keeping import SEGMENTS, SHARED_WITH, VIEWS, drafts
from db.demo.kinds import KINDS, TEMPLATES
from db.demo.shape import Shape
from db.demo.truths import truths
from db.engine import make_engine
from db.errors import BadSetting
from db.tables import (
    annotations,
    completions,
    events,
    ledger,
    people,
    planted_truths,
    saved_views,
    segments,
)

NOW = datetime(2026, 3, 18, 15, 20, tzinfo=UTC)
SHAPE = Shape(events=1_000_000, seed=7, days=90, now=NOW, zone="UTC")
Where = dict[str, Any]


def frame_of(shape: Shape) -> pd.DataFrame:
    return pa.concat_tables([chunk.unify_dictionaries() for chunk in chunks(shape)]).to_pandas()


@pytest.fixture(scope="module")
def demo() -> pd.DataFrame:
    """All events, with their day and the first day of their actor."""
    frame = frame_of(SHAPE)
    frame["day"] = frame["occurred_at"].dt.floor("D")
    frame["first"] = frame.groupby("actor_key")["day"].transform("min")
    return frame


# What was planted -----------------------------------------------------------------------------


def weekly_growth(demo: pd.DataFrame, where: Where) -> float:
    days = demo.groupby("day").size().iloc[:-1]
    weeks = days.iloc[len(days) % 7 :].to_numpy().reshape(-1, 7).sum(axis=1)
    return float(np.exp(np.polyfit(np.arange(len(weeks)), np.log(weeks), 1)[0]) - 1)


def weekend(demo: pd.DataFrame, where: Where) -> float:
    days = demo.groupby("day").size().iloc[:-1]
    usual = days / days.rolling(7, center=True).mean()
    at_weekend = usual.index.day_of_week >= 5
    return float(usual[at_weekend].mean() / usual[~at_weekend].mean())


def peak_hour(demo: pd.DataFrame, where: Where) -> float:
    return float(demo["occurred_at"].dt.tz_convert(where["zone"]).dt.hour.mode()[0])


def top_feature(demo: pd.DataFrame, where: Where) -> float:
    return float((demo.loc[demo["name"] == where["name"], "subject"] == where["subject"]).mean())


def back_on(demo: pd.DataFrame, day: int) -> pd.Series:
    """Whether each actor is active this many days after their first."""
    return (demo["day"] == demo["first"] + pd.Timedelta(days=day)).groupby(demo["actor_key"]).any()


def since(demo: pd.DataFrame, start: str, days: int) -> pd.DataFrame:
    """The events of actors first seen from a date on and at least so many days ago."""
    last = pd.Timestamp(NOW - timedelta(days=days + 1))
    return demo[(demo["first"] >= pd.Timestamp(start, tz="UTC")) & (demo["first"] < last)]


def retention_day_7(demo: pd.DataFrame, where: Where) -> float:
    new = since(demo, where["first_seen_from"], where["day"])
    return float(back_on(new[new["first"].dt.day_of_week < 5], where["day"]).mean())


def sticky_feature(demo: pd.DataFrame, where: Where) -> float:
    new = since(demo, str(SHAPE.date_of(28)), where["day"])
    used = (new["subject"] == where["subject"]) & (new["name"] == where["name"])
    adopts = (used & (new["day"] == new["first"])).groupby(new["actor_key"]).any()
    back = back_on(new, where["day"])
    return float(back[adopts].mean() / back[~adopts].mean())


def funnel(demo: pd.DataFrame, where: Where) -> float:
    """The conversion to a step, in order, of who reached the one before."""
    new = since(demo, where["first_seen_from"], where["window_days"])
    reached = pd.Series(pd.Timestamp(0, tz="UTC"), index=pd.Index(new["actor_key"].unique()))
    for step in where["steps"][: where["steps"].index(where["step"]) + 1]:
        before, entered = reached, len(reached)
        done = new[(new["name"] == step) & new["actor_key"].isin(before.index)]
        done = done[done["occurred_at"] > done["actor_key"].map(before)]
        reached = done.groupby("actor_key")["occurred_at"].min()
    return len(reached) / entered


def at_endpoint(demo: pd.DataFrame, where: Where) -> tuple[pd.DataFrame, pd.Series]:
    """The attempts at the endpoint of the incident, and which of them fall into it."""
    tried = demo[(demo["name"] == where["name"]) & (demo["subject"] == where["subject"])]
    begin, end = (pd.Timestamp(where[key]) for key in ("from", "to"))
    return tried, (tried["occurred_at"] >= begin) & (tried["occurred_at"] < end)


def incident(demo: pd.DataFrame, where: Where) -> float:
    tried, inside = at_endpoint(demo, where)
    return float(1 - tried.loc[inside, "ok"].mean())


def incident_slowness(demo: pd.DataFrame, where: Where) -> float:
    tried, inside = at_endpoint(demo, where)
    duration = tried["duration_ms"]
    return float(duration[inside].median() / duration[~inside].median())


def version_regression(demo: pd.DataFrame, where: Where) -> float:
    there = demo[demo["platform"] == where["platform"]]
    bad = there["app_version"] == where["app_version"]
    return float((1 - there.loc[bad, "ok"].mean()) / (1 - there.loc[~bad, "ok"].mean()))


def country_launch(demo: pd.DataFrame, where: Where) -> float:
    launch = pd.Timestamp(where["from"], tz="UTC")
    assert demo.loc[demo["country"] == where["country"], "day"].min() >= launch
    new = demo[demo["first"] >= launch].groupby("actor_key")["country"].first()
    return float((new == where["country"]).mean())


def campaign(demo: pd.DataFrame, where: Where) -> float:
    begin, end = (pd.Timestamp(where[key], tz="UTC") for key in ("from", "to"))
    new = demo[(demo["first"] >= begin) & (demo["first"] < end)]
    return float((new.groupby("actor_key")["channel"].first() == where["channel"]).mean())


def completion(demo: pd.DataFrame, where: Where) -> float:
    """Of the starts, those whose actor ends the same subject before starting it again."""
    pair = demo["name"].isin([where["start"], where["done"]]) & (
        demo["subject"] == where["subject"]
    )
    order = demo[pair].sort_values(["actor_key", "occurred_at"], kind="stable")
    starts = order["name"] == where["start"]
    ended = ~starts.shift(-1, fill_value=True) & (
        order["actor_key"] == order["actor_key"].shift(-1)
    )
    return float(ended[starts].mean())


def satisfaction(demo: pd.DataFrame, where: Where) -> float:
    stars = demo.loc[
        (demo["name"] == where["name"]) & (demo["subject"] == where["subject"]), "value"
    ]
    assert stars.isin([1, 2, 3, 4, 5]).all()
    return float((stars >= 4).mean())


def output_format(demo: pd.DataFrame, where: Where) -> float:
    said = demo.loc[demo["name"] == where["name"], "properties"]
    formats = [json.loads(text)["output_format"] for text in said]
    return formats.count(where["output_format"]) / len(formats)


MEASURES: dict[str, tuple[Callable[[pd.DataFrame, Where], float], float]] = {
    "weekly_growth": (weekly_growth, 0.15),
    "weekend": (weekend, 0.05),
    "peak_hour": (peak_hour, 0.0),
    "top_feature": (top_feature, 0.06),
    "sticky_feature": (sticky_feature, 0.25),
    "retention_day_7": (retention_day_7, 0.10),
    "funnel_sign_up": (funnel, 0.05),
    "funnel_template_used": (funnel, 0.07),
    "funnel_upgrade": (funnel, 0.25),
    "incident": (incident, 0.15),
    "incident_slowness": (incident_slowness, 0.20),
    "version_regression": (version_regression, 0.10),
    "country_launch": (country_launch, 0.20),
    "campaign": (campaign, 0.20),
    **{f"completion_{subject}": (completion, 0.06) for subject in TEMPLATES.split()},
    "satisfaction": (satisfaction, 0.30),
    "output_format": (output_format, 0.03),
}


@pytest.mark.parametrize("truth", truths(SHAPE), ids=lambda truth: truth["name"])
def test_a_planted_truth_is_what_pandas_measures(demo: pd.DataFrame, truth: Where) -> None:
    measure, tolerance = MEASURES[truth["name"]]
    assert measure(demo, truth["where_"]) == pytest.approx(truth["size"], rel=tolerance)


# Shape ----------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_events_and_another_seed_others():
    small = {"events": 3_000, "days": 10, "now": NOW, "zone": "UTC"}
    first, again, other = (frame_of(Shape(seed=seed, **small)) for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(first, again)
    assert set(first["event_id"]).isdisjoint(other["event_id"])


def test_there_are_about_as_many_events_as_asked_for(demo):
    assert len(demo) == pytest.approx(SHAPE.events, rel=0.005)
    assert demo["event_id"].is_unique


def test_nothing_happens_after_now_nor_arrives_before_it_happens(demo):
    assert demo["occurred_at"].max() < NOW
    assert demo["received_at"].max() <= NOW
    assert (demo["received_at"] >= demo["occurred_at"]).all()
    assert demo["occurred_at"].max() > NOW - timedelta(minutes=5)
    assert demo["occurred_at"].min() >= pd.Timestamp(SHAPE.first_day, tz="UTC")


@pytest.mark.parametrize(
    ("zone", "now"),
    [
        ("UTC", "2026-03-18T00:00:00+00:00"),
        ("America/New_York", "2026-03-12T03:59:59+00:00"),  # a day of 23 hours on 8 March
        ("Pacific/Auckland", "2026-04-09T11:00:00+00:00"),  # a day of 25 hours on 5 April
    ],
)
def test_each_chunk_is_one_day_of_the_project_in_the_order_of_the_primary_key(zone, now):
    shape = Shape(20_000, 7, 10, datetime.fromisoformat(now), zone)
    for day, chunk in enumerate(chunks(shape)):
        frame = chunk.to_pandas()
        local = frame["occurred_at"].dt.tz_convert(zone).dt.date
        assert set(local) <= {shape.date_of(day)}
        in_order = frame.sort_values(["actor_key", "occurred_at"], kind="stable")
        pd.testing.assert_frame_equal(frame, in_order)
    assert day == 9


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
    assert found == set(KINDS)
    assert 90 <= len(KINDS) <= 100
    assert ((demo["error_type"] == "") == demo["ok"]).all()
    assert not demo.loc[demo["name"] == "error", "ok"].any()


# In the database ------------------------------------------------------------------------------


@pytest.fixture
def empty(own_database: URL) -> Iterator[Engine]:
    made = make_engine(own_database)
    yield made
    made.dispose()


def test_what_is_stored_is_what_was_generated(empty):
    shape = Shape(3_000, 7, 10, NOW, "Europe/Berlin")
    expected = frame_of(shape)
    with empty.begin() as conn:
        project = create_project(conn, "demo", consent="opt-out", timezone="Europe/Berlin")
    steps: list[tuple[int, int]] = []
    stored = fill(empty, project, 3_000, 7, 10, NOW, lambda done, of: steps.append((done, of)))
    with empty.connect() as conn:
        found = pd.read_sql(select(events), conn)
        batches = pd.read_sql(select(ledger).order_by(ledger.c.batch_id), conn)
        named = set(conn.execute(select(planted_truths.c.name)).scalars())
    assert stored == len(expected) == len(found)
    assert steps == [(day, 10) for day in range(1, 11)]
    assert_same_events(found, expected)
    assert batches["accepted"].tolist() == found.groupby("batch_id").size().tolist()
    assert [row["accepted"] for row in batches["outcomes"]] == batches["accepted"].tolist()
    assert {"no_consent", "bot"} <= set().union(*batches["outcomes"])
    assert batches["rolled_at"].isna().all()
    assert named == set(MEASURES)


def assert_same_events(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    found = found.assign(event_id=[value.hex for value in found["event_id"]])
    found, expected = (
        frame.set_index("event_id").sort_index() for frame in (found, expected.copy())
    )
    assert found.index.tolist() == expected.index.tolist()
    for name in ("actor_key", "name", "subject", "plan", "app_version", "error_type", "ok"):
        assert found[name].tolist() == expected[name].tolist(), name
    for name in ("duration_ms", "value"):
        np.testing.assert_array_equal(found[name].astype(float), expected[name].astype(float))
    for name in ("occurred_at", "received_at"):
        assert (found[name] == expected[name]).all(), name
    assert found["session_key"].isna().tolist() == expected["session_key"].isna().tolist()


def test_every_completion_follows_its_start_and_no_failed_start_is_completed(demo):
    pairs = demo[demo["name"].isin(["template_used", "template_completed"])]
    pairs = pairs.sort_values(["actor_key", "occurred_at"], kind="stable")
    done = pairs["name"] == "template_completed"
    before = pairs.shift()[done]
    assert (before["name"] == "template_used").all()
    assert (before["subject"] == pairs.loc[done, "subject"]).all()
    assert before["ok"].all()


def test_annotations_tell_of_releases_incident_launch_and_campaign():
    told = drafts(SHAPE)
    kinds = pd.Series([draft.kind for draft in told]).value_counts().to_dict()
    assert kinds == {"release": 7, "incident": 1, "note": 1, "campaign": 1}
    assert len({draft.external_id for draft in told}) == len(told)
    assert all(draft.at <= NOW for draft in told)


@pytest.mark.parametrize("name", SEGMENTS)
def test_the_segments_can_be_read(name):
    assert definition_of(json.dumps({"rules": SEGMENTS[name]})).gap == ""


def test_the_views_are_of_the_product_manager_and_shared(empty):
    with empty.begin() as conn:
        project = create_demo(conn, "demo")
    fill(empty, project, 200, days=5, now=NOW)
    owned = select(saved_views.c.page, people.c.email, saved_views.c.shared_with).join(people)
    with empty.connect() as conn:
        kept = conn.execute(owned.order_by(saved_views.c.page)).all()
    maker = PERSONAS["product"]
    assert kept == [(page, maker, list(SHARED_WITH)) for page, _ in sorted(VIEWS)]


def test_filling_twice_at_different_times_keeps_the_truths_of_the_last(empty):
    with empty.begin() as conn:
        project = create_project(conn, "demo", consent="opt-out")
    for now in (NOW - timedelta(days=40), NOW):
        fill(empty, project, 200, days=5, now=now)
    with empty.connect() as conn:
        counts = [
            conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (planted_truths, annotations, completions, segments)
        ]
    assert counts == [len(MEASURES), len(drafts(Shape(200, 7, 5, NOW, "UTC"))), 1, 2]


@pytest.mark.parametrize(("count", "days"), [(10, 0), (5, 10), (10_000, 10_000)])
def test_a_range_that_makes_no_sense_is_refused(empty, count, days):
    with empty.begin() as conn:
        project = create_project(conn, "demo")
    with pytest.raises(BadSetting):
        fill(empty, project, count, days=days, now=NOW)


@pytest.mark.parametrize(("count", "days"), [(1, 1), (40, 2), (90, 90), (700, 7)])
def test_small_demos_are_possible(count, days):
    frame = frame_of(Shape(count, 7, days, NOW, "Asia/Kolkata"))
    assert frame.empty or frame["occurred_at"].max() < NOW
