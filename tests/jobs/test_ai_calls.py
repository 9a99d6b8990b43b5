"""AI calls are counted by model, each count beside the calls that told of it."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.request_stats import bin_of
from db.tables import ai_bins, ai_days
from jobs.ai_calls import MOST
from jobs.catching_up import catch_up
from jobs.rollups import erase, rebuild
from tests.jobs.conftest import store_batch
from tests.jobs.reference import Happened
from tests.thorough import cases, thorough

AT = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # the next day in Berlin
DAY = date(2026, 3, 3)
ODD = st.sampled_from([None, "yes", [], {}, 1.5, -1, MOST + 1, 10**300])
told = st.fixed_dictionaries(
    {},
    optional={
        "tokens": st.integers(0, MOST) | ODD,
        "request_size_bytes": st.integers(0, 50) | ODD,
        "response_size_bytes": st.integers(0, 50) | ODD,
        "corrected": st.booleans() | ODD,
        "completed": st.booleans() | ODD,
        "model_used": st.sampled_from(["", "nova"]),
    },
)


def call(name="voice_request", subject="ask", ok=True, took=10.0, who=1, **properties):
    return Happened(AT, who, name, subject, ok, None, took, properties=properties)


def days(conn, project):
    """The rows of the project by name and model."""
    mine = select(ai_days).where(ai_days.c.project_id == project.id)
    return {(row.name, row.model): row for row in conn.execute(mine)}


@pytest.fixture
def project(make_project):
    return make_project("Europe/Berlin")


@pytest.fixture
def roll_up(rolled_engine, project):
    """Roll a batch up; the rows that there are then."""

    def store(*batch):
        with rolled_engine.begin() as conn:
            store_batch(conn, project, batch)
        catch_up(rolled_engine)
        with rolled_engine.connect() as conn:
            return days(conn, project)

    return store


def test_a_call_counts_what_it_tells(roll_up):
    yes = {"corrected": True, "repeated": False, "follow_up": True, "completed": True}
    sizes = {"request_size_bytes": 10, "response_size_bytes": 30}
    rows = roll_up(
        call(tokens=5, **yes, **sizes),
        call(ok=False, request_size_bytes=99, corrected=False),
        call("open", "ask"),
    )
    row = rows["voice_request", "ask"]
    assert (row.day, row.n, row.failures) == (DAY, 2, 1)
    assert (row.request_bytes, row.response_bytes, row.sized) == (10, 30, 1)
    assert (row.tokens, row.metered) == (5, 1)
    assert (row.corrected, row.correctable) == (1, 2)
    assert (row.repeated, row.repeatable, row.followed_up, row.followable) == (0, 1, 1, 1)
    assert (row.completed, row.completable) == (1, 1)
    assert len(rows) == 1


def test_the_model_is_what_was_used_else_the_subject(roll_up):
    rows = roll_up(call(model_used="nova"), call(), call(model_used=""), call(model_used="x" * 900))
    assert {model: row.n for (_, model), row in rows.items()} == {"nova": 1, "ask": 2, "x" * 300: 1}


def test_durations_are_kept_by_model(roll_up, rolled_engine, project):
    roll_up(call(took=10.0), call(took=None), call(took=10.0), call("tts", "nova", took=900.0))
    with rolled_engine.connect() as conn:
        mine = select(ai_bins.c.model, ai_bins.c.bin, ai_bins.c.n)
        found = conn.execute(mine.where(ai_bins.c.project_id == project.id)).all()
    assert sorted(map(tuple, found)) == [
        ("ask", bin_of(10.0), 2),
        ("nova", bin_of(900.0), 1),
    ]


@settings(max_examples=cases(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(told, st.booleans()), max_size=8))
def test_whatever_is_told_is_what_plain_python_counts(rolled_engine, make_project, said):
    project = make_project()
    batch = [call("conversation", "m", ok, **properties) for properties, ok in said]
    with rolled_engine.begin() as conn:
        store_batch(conn, project, batch)
    catch_up(rolled_engine)
    with rolled_engine.connect() as conn:
        rows = days(conn, project)
    expected = counted(said)
    assert set(rows) == set(expected)
    for place, counts in expected.items():
        assert {name: getattr(rows[place], name) for name in counts} == dict(counts)


def counted(said):
    found = defaultdict(Counter)
    for properties, ok in said:
        counts = found["conversation", properties.get("model_used") or "m"]
        known = {name: believed(properties.get(name)) for name in properties}
        sizes = known.get("request_size_bytes"), known.get("response_size_bytes")
        sized = None not in sizes
        counts.update(n=1, failures=int(not ok), sized=int(sized))
        counts.update(request_bytes=sizes[0] if sized else 0)
        counts.update(response_bytes=sizes[1] if sized else 0)
        counts.update(tokens=known.get("tokens") or 0, metered=known.get("tokens") is not None)
        for name, (yes, base) in {
            "corrected": ("corrected", "correctable"),
            "completed": ("completed", "completable"),
        }.items():
            answer = properties.get(name)
            counts.update({yes: int(answer is True), base: int(isinstance(answer, bool))})
    return found


def believed(value):
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return round(value) if number and 0 <= value <= MOST else None


@thorough
def test_who_is_erased_leaves_the_counts_and_a_rebuild_gives_the_same(
    roll_up, rolled_engine, project
):
    roll_up(call(who=1, tokens=3), call("tts", "nova", who=1))
    before = roll_up(call(who=2, tokens=4))
    with rolled_engine.begin() as conn:
        rebuild(conn, project.id)
        assert days(conn, project) == before
        erase(conn, project.id, [1])
        after = days(conn, project)
    assert set(after) == {("voice_request", "ask")}
    assert (after["voice_request", "ask"].n, after["voice_request", "ask"].tokens) == (1, 4)
