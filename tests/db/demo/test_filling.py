"""The demo in the database: its events, its truths, and what a team would keep about it."""

import json
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import URL, Engine, func, select

from analytics.segments.definition import definition_of
from db.access import PERSONAS, create_demo, create_project
from db.demo import fill
from db.demo.consenting import decisions
from db.demo.keeping import SEGMENTS, SHARED_WITH, VIEWS, drafts
from db.demo.shape import Shape
from db.demo.truths import truths
from db.engine import make_engine
from db.errors import BadSetting
from db.tables import (
    annotations,
    completions,
    events,
    grants,
    ledger,
    people,
    planted_truths,
    saved_views,
    segments,
)
from tests.db.demo.frames import NOW, SHAPE, frame_of
from tests.thorough import thorough


@pytest.fixture
def empty(own_database: URL) -> Iterator[Engine]:
    made = make_engine(own_database)
    yield made
    made.dispose()


@thorough
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
    assert named == {truth["name"] for truth in truths(shape)}


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


def test_annotations_tell_of_releases_incident_launch_and_campaign():
    told = drafts(SHAPE)
    kinds = pd.Series([draft.kind for draft in told]).value_counts().to_dict()
    assert kinds == {"release": 7, "incident": 1, "note": 1, "campaign": 1}
    assert len({draft.external_id for draft in told}) == len(told)
    assert all(draft.at <= NOW for draft in told)


@pytest.mark.parametrize("name", SEGMENTS)
def test_the_segments_can_be_read(name):
    assert definition_of(json.dumps({"rules": SEGMENTS[name]})).gap == ""


@thorough
def test_the_views_are_of_the_product_manager_and_shared(empty):
    with empty.begin() as conn:
        project = create_demo(conn, "demo")
    fill(empty, project, 200, days=5, now=NOW)
    owned = select(saved_views.c.page, people.c.email, saved_views.c.shared_with).join(people)
    with empty.connect() as conn:
        kept = conn.execute(owned.order_by(saved_views.c.page)).all()
    maker = PERSONAS["product"]
    assert kept == [(page, maker, list(SHARED_WITH)) for page, _ in sorted(VIEWS)]


@thorough
def test_filling_twice_at_different_times_keeps_the_truths_of_the_last(empty):
    with empty.begin() as conn:
        project = create_project(conn, "demo", consent="opt-out")
    for now in (NOW - timedelta(days=40), NOW):
        fill(empty, project, 200, days=5, now=now)
    with empty.connect() as conn:
        counts = [
            conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (planted_truths, annotations, completions, segments, grants)
        ]
    shape = Shape(200, 7, 5, NOW, "UTC")
    decided = len(decisions(shape)[0])
    assert counts == [len(truths(shape)), len(drafts(shape)), 1, 2, decided]


@pytest.mark.parametrize(("count", "days"), [(10, 0), (5, 10), (10_000, 10_000)])
def test_a_range_that_makes_no_sense_is_refused(empty, count, days):
    with empty.begin() as conn:
        project = create_project(conn, "demo")
    with pytest.raises(BadSetting):
        fill(empty, project, count, days=days, now=NOW)
