from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from analytics.measures import packs
from analytics.measures.cutting import read
from analytics.product.adoption import adoptable, adoption, adoption_sql
from analytics.product.adoption.answer import ADOPTION
from analytics.scope import PUBLIC
from analytics.showing import shown
from db.access import create_project
from db.completions import set_completion
from db.tables import actor, segment_members
from tests.analytics.product.adoption import reference
from tests.analytics.reference import anyone, asking
from tests.thorough import cases, thorough
from tests.written import project_of

FEATURE = "feature_use"
START, END = date(2026, 3, 23), date(2026, 4, 2)  # over the night that is an hour short in Berlin
LINES = (
    "ann open 2026-03-01T10:00Z platform=web",
    "ann feature_use 2026-03-02T10:00Z subject=search platform=web",
    "ann feature_use 2026-03-24T10:00Z subject=search platform=web duration=100",
    "ann feature_use 2026-03-25T10:00Z subject=search platform=ios ok=0",
    "bob open 2026-03-24T10:00Z platform=ios",
    "bob feature_use 2026-03-24T10:10Z subject=search platform=ios duration=300",
    "bob feature_use 2026-03-24T10:20Z subject=export platform=ios",
    "cy open 2026-03-26T10:00Z platform=web",
)


@pytest.fixture(scope="module")
def filled(module_conn):
    return project_of(module_conn, *LINES)


def asked(project, **more):
    return asking(project, START, END, **more)


def by_subject(rows):
    plain = rows.astype(object).where(rows.notna(), None)
    return {row.pop("subject"): row for row in plain.to_dict("records")}


def test_adoption_is_the_share_of_active_people_that_used_it_at_least_once(conn, filled):
    found = adoption(conn, anyone(filled), asked(filled))
    search, export = by_subject(found.rows).values()
    assert (found.active, found.subjects) == (3, 2)
    assert (search["users"], search["adoption"]) == (2, pytest.approx(2 / 3))
    assert (export["users"], export["adoption"]) == (1, pytest.approx(1 / 3))


def test_repeat_use_is_on_two_days_and_first_use_is_the_first_ever(conn, filled):
    search = by_subject(adoption(conn, anyone(filled), asked(filled)).rows)["search"]
    assert (search["uses"], search["uses_per_user"], search["repeat"]) == (3, 1.5, 0.5)
    assert search["first_use"] == pd.Timestamp("2026-03-02")
    assert search["new_users"] == 0.5
    assert search["time_to_value"] == 600
    assert search["error_rate"] == pytest.approx(1 / 3)
    assert search["duration"] == pytest.approx(100, rel=0.021)
    assert search["trend"][:4] == [0, 2, 1, 0]


def test_under_filters_who_used_it_before_elsewhere_is_not_new(conn, filled):
    on_ios = by_subject(adoption(conn, anyone(filled), asked(filled, platform=("ios",))).rows)
    assert (on_ios["search"]["users"], on_ios["search"]["new_users"]) == (2, 0.5)
    assert on_ios["search"]["adoption"] == 1


def test_a_segment_keeps_its_members(conn, filled):
    who = conn.execute(select(actor.c.actor_key).order_by(actor.c.first_seen).limit(1)).scalar_one()
    row = {"project_id": filled.id, "segment_id": 5, "actor_key": who}
    conn.execute(insert(segment_members).values(row))
    filters = asked(filled, segment=5)
    found = adoption(conn, anyone(filled), filters)
    (search,) = by_subject(found.rows).values()
    assert (found.active, search["users"], search["uses"], search["repeat"]) == (1, 1, 2, 1.0)
    assert_same(found.rows, read(conn, adoption_sql(anyone(filled), filters)))


def test_without_ids_there_are_uses_but_no_users(conn, add_events):
    project = create_project(conn, "nobody", consent="anonymous", retention_months=None)
    add_events(project, *LINES)
    set_completion(conn, project.id, FEATURE, "open")
    rows = adoption(conn, anyone(project), asked(project)).rows
    search = by_subject(rows)["search"]
    assert (search["uses"], search["users"], search["adoption"]) == (3, None, None)
    assert (search["starts"], search["time_to_value"]) == (None, None)
    assert_same(rows, read(conn, adoption_sql(anyone(project), asked(project))))


def test_where_events_are_too_many_to_read_the_counts_are_still_told(conn, filled, monkeypatch):
    set_completion(conn, filled.id, FEATURE, "open")
    monkeypatch.setattr(packs, "MOST_EVENTS", 3)
    search = by_subject(adoption(conn, anyone(filled), asked(filled)).rows)["search"]
    assert (search["users"], search["uses"], search["new_users"]) == (2, 3, 0.5)
    assert (search["duration"], search["time_to_value"], search["completion"]) == (None,) * 3


def test_only_the_subjects_with_most_users_are_listed(conn, project, add_events):
    lines = [f"u{n} feature_use 2026-03-24T10:00Z subject=s{n:02}" for n in range(53)]
    add_events(project, *lines, "u9 feature_use 2026-03-24T11:00Z subject=s52")
    found = adoption(conn, anyone(project), asked(project))
    assert (found.subjects, len(found.rows)) == (53, 50)
    assert found.rows["subject"].tolist()[:2] == ["s52", "s00"]


def test_the_names_to_choose_from_have_subjects(conn, filled):
    assert adoptable(conn, anyone(filled), filled.id) == ["feature_use"]


def test_a_strangers_table_has_the_same_columns(conn, filled):
    nothing = adoption(conn, PUBLIC, asked(filled)).rows
    assert nothing.empty
    assert nothing.dtypes.to_dict() == (
        adoption(conn, anyone(filled), asked(filled)).rows.dtypes.to_dict()
    )


@thorough
@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    platform=st.sampled_from([(), ("web",), ("ios", "(not set)")]),
    name=st.sampled_from([FEATURE, "feature_begun"]),
)
def test_every_number_is_that_of_the_reference(conn, add_events, seed, platform, name):
    transaction = conn.begin_nested()
    try:
        project = create_project(
            conn, "random", consent="opt-out", timezone="Europe/Berlin", retention_months=None
        )
        set_completion(conn, project.id, "feature_begun", "feature_done")
        events = reference.history(seed, date(2026, 3, 15), 20)
        add_events(project, *(event.line for event in events))
        filters = asked(project, platform=platform)
        rows = adoption(conn, anyone(project), filters, name).rows
        assert_like_reference(rows, events, filters, name)
        assert_same(rows, read(conn, adoption_sql(anyone(project), filters, name)))
    finally:
        transaction.rollback()


def assert_like_reference(rows, events, filters, name):
    expected = reference.adoption(events, filters, name)
    pairs = reference.completion(events, filters, "feature_begun", "feature_done")
    actual = by_subject(rows)
    assert actual.keys() == expected.keys()
    for subject, wanted in expected.items():
        starts, completed = pairs.get(subject, (None, None)) if name != FEATURE else (None, None)
        wanted |= {"starts": starts, "completion": completed / starts if starts else None}
        row = actual[subject] | {"first_use": actual[subject]["first_use"].date()}
        for column, value in wanted.items():
            within = 0.021 if column == "duration" else 1e-9
            close = pytest.approx(value, rel=within) if isinstance(value, float) else value
            assert row[column] == close, column


def assert_same(rows, of_sql):
    assert list(rows.columns) == list(of_sql.columns)
    exact = of_sql.astype({name: kind for name, kind in ADOPTION.items() if kind != "object"})
    pd.testing.assert_frame_equal(rows, exact)


def test_the_query_that_is_shown_runs_as_it_is(conn, filled):
    query = shown(adoption_sql(anyone(filled), asked(filled)))
    assert len(conn.exec_driver_sql(query.replace("%", "%%")).all()) == 2


def test_the_present_day_is_not_in_the_trend(conn, filled):
    now = datetime(2026, 3, 25, 12, tzinfo=UTC)
    search = adoption(conn, anyone(filled), asked(filled, now=now)).rows.iloc[0]
    assert search["trend"] == [0, 2]
