"""Of exposures the first of each actor is kept, in whatever order they come in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from db.access import create_project, project_secret
from db.experiments.drafting import change_experiment, create_experiment
from db.experiments.kept import Variant
from db.experiments.running import start_experiment, stop_experiment
from db.identity import actor_key
from db.personal import held
from db.tables import cells, exposures
from jobs.erasing import erase_person
from jobs.exposures import add_exposures
from jobs.rolling import fill, rolling
from jobs.rollups import rebuild
from jobs.upkeep import drop_expired
from tests.conftest import undone
from tests.db.experiments.drafts import BUTTON, NOW, SWITCH
from tests.thorough import thorough
from tests.written import store_events

HALVES = (Variant("control", 4_000), Variant("b", 6_000))


@pytest.fixture
def button(conn, project):
    """An experiment that began on 2 March at 10 and is over on the 9th."""
    create_experiment(conn, project.id, BUTTON)
    start_experiment(conn, project.id, "button", now=NOW)
    stop_experiment(conn, project.id, "button", now=NOW + timedelta(days=7))


def seen(who, variant, at, **columns):
    """The line of an exposure, by default to the button, on a day and hour of March."""
    said = {"subject": "button", "purpose": "features", "platform": "ios"} | columns
    told = " ".join(f"{name}={value}" for name, value in said.items())
    return f'{who} exposure 2026-03-{at}:00Z properties={{"variant":"{variant}"}} {told}'


def kept(conn, project):
    """Variant, phase, and hours since the start at the first and the mixed exposure, by person."""
    secret = project_secret(conn, project.id)
    names = {actor_key(secret, name): name for name in ("u1", "u2", "u3")}
    found = conn.execute(select(exposures).where(exposures.c.project_id == project.id))
    return {
        names[row.actor_key]: (row.variant, row.phase, _hours(row.exposed_at), _hours(row.mixed_at))
        for row in found
    }


def _hours(at):
    return None if at is None else (at - NOW) / timedelta(hours=1)


def test_the_first_exposure_is_kept_with_where_it_was(conn, project, button, add_events):
    add_events(project, seen("u1", "b", "02T12"), seen("u1", "b", "03T12", platform="web"))
    assert kept(conn, project) == {"u1": ("b", 1, 2, None)}
    where = select(cells.c.platform).join(exposures, exposures.c.cell_id == cells.c.id)
    assert conn.execute(where.where(exposures.c.project_id == project.id)).scalars().all() == [
        "ios"
    ]


def test_who_is_seen_in_another_variant_is_marked_at_that_time(conn, project, button, add_events):
    add_events(project, seen("u1", "b", "02T12"), seen("u1", "control", "02T15"))
    add_events(project, seen("u2", "b", "02T12"))
    add_events(project, seen("u2", "control", "02T11"))
    assert kept(conn, project) == {"u1": ("b", 1, 2, 5), "u2": ("control", 1, 1, 2)}


@pytest.mark.parametrize(
    "line",
    [
        seen("u1", "b", "02T12", subject="other"),
        seen("u1", "z", "02T12"),
        seen("u1", "", "02T12"),
        seen("u1", "b", "02T09"),
        seen("u1", "b", "09T10"),
        seen("u1", "b", "02T12", purpose="usage"),
        seen("u1", "b", "02T12").replace("exposure", "exposed"),
        'u1 exposure 2026-03-02T12:00Z subject=button purpose=features properties={"variant":5}',
        "u1 exposure 2026-03-02T12:00Z subject=button purpose=features",
    ],
)
def test_what_says_nothing_is_left_out(conn, project, button, add_events, line):
    add_events(project, line)
    assert kept(conn, project) == {}


def test_flags_and_experiments_of_other_projects_have_no_exposures(
    conn, project, berlin, button, add_events
):
    create_experiment(conn, project.id, SWITCH)
    start_experiment(conn, project.id, "switch", now=NOW)
    add_events(project, seen("u1", "on", "02T12", subject="switch"))
    add_events(berlin, seen("u1", "b", "02T12"))
    assert kept(conn, project) == kept(conn, berlin) == {}


def test_an_actor_belongs_to_the_phase_of_the_first_exposure(conn, project, add_events):
    create_experiment(conn, project.id, BUTTON)
    start_experiment(conn, project.id, "button", now=NOW)
    later = replace(BUTTON, variants=HALVES)
    change_experiment(conn, project.id, "button", later, now=NOW + timedelta(days=1))
    add_events(project, seen("u1", "b", "02T12"), seen("u1", "b", "04T12"))
    add_events(project, seen("u2", "b", "03T10"))
    assert kept(conn, project) == {"u1": ("b", 1, 2, None), "u2": ("b", 2, 24, None)}


def test_a_variant_that_a_phase_gives_nobody_has_no_exposures(conn, project, add_events):
    three = (*HALVES[:1], Variant("b", 5_000), Variant("c", 1_000))
    create_experiment(conn, project.id, replace(BUTTON, variants=three))
    start_experiment(conn, project.id, "button", now=NOW)
    without = replace(BUTTON, variants=(*HALVES, Variant("c", 0)))
    change_experiment(conn, project.id, "button", without, now=NOW + timedelta(days=1))
    add_events(
        project, seen("u1", "c", "02T12"), seen("u2", "c", "03T12"), seen("u3", "b", "03T12")
    )
    assert kept(conn, project) == {"u1": ("c", 1, 2, None), "u3": ("b", 2, 26, None)}


@thorough
def test_in_whatever_order_and_batches_they_come_the_same_is_kept(conn, project, button):
    moments = st.tuples(
        st.sampled_from(["u1", "u2"]), st.sampled_from(["control", "b"]), st.integers(11, 16)
    )

    @given(st.lists(st.lists(moments, min_size=1, max_size=4), max_size=4))
    def hold(batches):
        with undone(conn):
            for batch in batches:
                roll_up(conn, project, *(seen(who, v, f"02T{hour}") for who, v, hour in batch))
            by_hand = by_plain_python([each for batch in batches for each in batch])
            assert kept(conn, project) == by_hand
            rebuild(conn, project.id)
            assert kept(conn, project) == by_hand

    hold()


def roll_up(conn, project, *lines):
    """Store them as one batch, and of what a pass does with it just this."""
    stored = store_events(conn, project, *lines)
    rolling.create(conn)
    fill(conn, stored)
    add_exposures(conn)
    rolling.drop(conn)


def by_plain_python(moments):
    found = {}
    for who in {who for who, *_ in moments}:
        theirs = sorted((hour - 10, variant) for one, variant, hour in moments if one == who)
        first, variant = theirs[0]
        others = [hour for hour, other in theirs if other != variant]
        found[who] = (variant, 1, first, min(others, default=None))
    return found


def test_who_is_erased_has_no_exposure_left(conn, project, button, add_events):
    add_events(project, seen("u1", "b", "02T12"), seen("u2", "b", "02T12"))
    key = actor_key(project_secret(conn, project.id), "u1")
    assert held(conn, project.id, key)["exposures"] == [
        {
            "experiment": "button",
            "variant": "b",
            "exposed_at": NOW + timedelta(hours=2),
            "mixed_at": None,
        }
    ]
    receipt = erase_person(conn, project.id, key)
    assert receipt["exposures"] == 1
    assert list(kept(conn, project)) == ["u2"]


def test_exposures_are_kept_as_long_as_events(conn, add_events):
    project = create_project(conn, "short", consent="opt-out", retention_months=1)
    create_experiment(conn, project.id, BUTTON)
    start_experiment(conn, project.id, "button", now=NOW)
    add_events(project, seen("u1", "b", "02T12"), seen("u2", "b", "05T12"))
    drop_expired(conn, datetime(2026, 4, 4, tzinfo=UTC))
    assert list(kept(conn, project)) == ["u2"]
