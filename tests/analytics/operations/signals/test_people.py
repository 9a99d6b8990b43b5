"""Who is there now, who agreed, and who uses the main feature, as alerts look at them."""

import math
from datetime import timedelta

import pytest
from sqlalchemy import insert

from db.access import create_project
from db.tables import PURPOSES, grants
from tests.analytics.operations.signals.looking import (
    DAY,
    MINUTE,
    NOW,
    START,
    at,
    day,
    window,
)

USAGE = 1 << PURPOSES.index("usage")


def test_people_of_now_are_those_of_five_minutes(conn, project, add_events):
    add_events(
        project,
        f"ann open {at(120)}",
        f"ann open {at(122)}",
        f"bob open {at(124.5)}",
        f"cem open {at(125)}",
    )
    for minute, people in {121: 1, 125: 2, 126: 3, 127: 3, 128: 2, 130: 1, 131: 0}.items():
        found = window(conn, project, "people_now", START + minute * MINUTE, 1)
        assert found == (people, people), minute


def test_people_of_more_than_an_hour_ago_are_not_known(conn, project, add_events):
    add_events(project, f"ann open {at(10)}", f"ann open {at(130)}")
    value, n = window(conn, project, "people_now", START + 12 * MINUTE, 1)
    assert (math.isnan(value), n) == (True, 0)
    assert window(conn, project, "people_now", NOW, 1) == (0, 0)


def test_who_agreed_is_a_share_of_who_decided(conn, project):
    for actor, (granted, refused) in enumerate(((USAGE, 0), (USAGE, 0), (0, USAGE), (0, 0))):
        said = {"project_id": project.id, "actor_key": actor + 1}
        conn.execute(insert(grants).values(said | {"granted": granted, "refused": refused}))
    assert window(conn, project, "opt_in", NOW, DAY) == (2 / 3, 3)
    assert window(conn, project, "opt_in", START - timedelta(days=1), DAY)[1] == 0


@pytest.fixture
def used(project, add_events):
    """On 2 March two of four used `sync`, which has the most users; `file` had more events."""
    add_events(
        project,
        *(f"{who} open 2026-03-02T10:00Z" for who in ("ann", "bob", "cem", "dan")),
        *(f"{who} feature_use 2026-03-02T11:00Z subject=sync" for who in ("ann", "bob")),
        *(f"cem feature_use 2026-03-02T1{n}:00Z subject=file" for n in range(3)),
        "ann feature_use 2026-03-03T10:00Z subject=sync",
    )
    return project


def test_the_main_feature_is_used_by_a_share_of_who_was_there(conn, used):
    asked = {"now": day("2026-03-04"), "start": day("2026-03-01")}
    assert window(conn, used, "core_adoption", day("2026-03-03"), DAY, **asked) == (0.5, 4)
    assert window(conn, used, "core_adoption", day("2026-03-04"), DAY, **asked) == (1, 1)


def test_without_ids_nobody_uses_a_feature(conn):
    nobody = create_project(conn, "nobody", consent="anonymous")
    value, n = window(conn, nobody, "core_adoption", NOW, DAY)
    assert (math.isnan(value), n) == (True, 0)
