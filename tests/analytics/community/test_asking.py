"""Statements that are built once for many viewers, and asked by each in their own name."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import sleep

import pytest
from sqlalchemy import func, select

from analytics.scope import PUBLIC, Viewer, visible_organisations, visible_own_runs
from analytics.scope.building import ask, built_once, values_of
from db.access import project_secret
from db.identity import actor_key
from db.tables import organisations
from tests.runs_written import write_members, write_runs

BUILT = []


@built_once
def run_count(viewer):
    BUILT.append(viewer)
    return select(func.count()).select_from(visible_own_runs(viewer))


@built_once
def names(viewer):
    return select(visible_organisations(viewer).c.name)


@pytest.fixture
def people(conn, project):
    """Ada ran three times and Bob once."""
    write_runs(conn, project, *["ada seo 2026-03-29T10:00Z"] * 3, "bob seo 2026-03-29T10:00Z")
    return {who: called(conn, project, who) for who in ("ada", "bob")}


def called(conn, project, who):
    actors = frozenset({(project.id, actor_key(project_secret(conn, project.id), who))})
    return Viewer(1, f"{who}@example.org", "member", frozenset(), actors=actors)


def test_each_is_told_of_their_own_by_one_statement(conn, people):
    told = [ask(conn, people[who], run_count).scalar_one() for who in ("ada", "bob", "ada")]
    assert told == [3, 1, 3]
    assert sum(len(viewer.actors) == 1 for viewer in BUILT) == 1


def test_somebody_in_two_projects_and_somebody_in_none_are_told_of_theirs(conn, people, berlin):
    write_runs(conn, berlin, "ada seo 2026-03-29T10:00Z")
    ada = people["ada"]
    both = replace(ada, actors=ada.actors | called(conn, berlin, "ada").actors)
    assert ask(conn, both, run_count).scalar_one() == 4
    assert ask(conn, PUBLIC, run_count).scalar_one() == 0


def test_what_several_threads_ask_for_at_once_is_built_once():
    made = []

    @built_once
    def door(viewer):
        made.append(viewer)
        sleep(0.02)
        return select(organisations).subquery()

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(door, [PUBLIC] * 4))
    assert len(made) == 1
    assert all(each is found[0] for each in found)


def test_without_who_asks_nothing_is_found(conn, people):
    made = []

    def kept(viewer):
        made.append(run_count(viewer))
        return made[0]

    assert ask(conn, people["ada"], kept).scalar_one() == 3
    assert conn.execute(made[0]).scalar_one() == 0


def test_nobody_finds_the_organisation_of_another(conn, project):
    write_members(conn, project, "Acme", "ada role=owner")
    write_members(conn, project, "Globex", "bob role=owner")
    ours = select(organisations.c.name, organisations.c.id)
    rows = conn.execute(ours.where(organisations.c.project_id == project.id))
    ids = {row.name: row.id for row in rows}
    for name in ("Acme", "Globex"):
        head = Viewer(1, "x@y.z", "member", frozenset(), organisations=frozenset({ids[name]}))
        assert ask(conn, head, names).scalars().all() == [name]
        assert values_of(head) == {"own_organisations": [ids[name]]}
    assert ask(conn, PUBLIC, names).all() == []
