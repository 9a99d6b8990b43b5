"""Organisations and their settings."""

import pytest
from sqlalchemy import func, insert, select

from db import members, packages
from db import organisations as kept
from db.errors import BadOrganisation, OrganisationExists, UnknownOrganisation
from db.partitions import ensure_months
from db.tables import organisation_members, published_blocks, runs, unpublished
from tests.db.test_packages import NOON


@pytest.fixture
def acme(conn, project):
    return kept.create_organisation(conn, project.id, " Acme ", 50)


def test_an_organisation_is_found_by_its_name_or_uid_in_its_project_alone(
    conn, project, berlin, acme
):
    assert (acme.name, acme.seats, acme.leaderboard, acme.assumptions) == ("Acme", 50, False, {})
    assert kept.find_organisation(conn, project.id, "Acme") == acme
    assert kept.find_organisation(conn, project.id, str(acme.uid)) == acme
    assert kept.organisation_with_uid(conn, acme.uid) == acme
    for name in ("Acme", str(acme.uid)):
        with pytest.raises(UnknownOrganisation):
            kept.find_organisation(conn, berlin.id, name)
    other = kept.create_organisation(conn, berlin.id, "Acme", 3, leaderboard=True)
    assert other.leaderboard
    assert kept.list_organisations(conn, project.id) == [acme]


def test_a_name_is_taken_once_in_a_project(conn, project, acme):
    with pytest.raises(OrganisationExists, match="Acme"):
        kept.create_organisation(conn, project.id, "Acme", 1)


def test_what_is_given_is_changed_and_nothing_else(conn, acme):
    rate = {"hourly_rate": {"low": 40, "likely": 60, "high": 80}, "seat_price": 2.5}
    changed = kept.change_organisation(conn, acme.id, leaderboard=True, assumptions=rate)
    assert (changed.name, changed.seats, changed.leaderboard) == ("Acme", 50, True)
    assert changed.assumptions == rate
    assert kept.change_organisation(conn, acme.id, seats=60).assumptions == rate
    assert kept.change_organisation(conn, acme.id, assumptions={}).assumptions == {}
    assert kept.change_organisation(conn, acme.id, leaderboard=False).seats == 60
    assert not kept.change_organisation(conn, acme.id).leaderboard
    with pytest.raises(UnknownOrganisation):
        kept.change_organisation(conn, 0, seats=1)


@pytest.mark.parametrize(
    "assumptions",
    [
        {"Rate": 1},
        {"x" * 41: 1},
        {"": 1},
        {"rate": -1},
        {"rate": True},
        {"rate": "60"},
        {"rate": None},
        {"rate": float("nan")},
        {"rate": float("inf")},
        {"rate": 1e10},
        {"rate": {"low": 2, "likely": 1, "high": 3}},
        {"rate": {"low": 1, "high": 3}},
        {"rate": {"low": 1, "likely": 2, "high": 3, "best": 4}},
        {"rate": {"low": 1, "likely": {}, "high": 3}},
        {f"rate_{'x' * n}": 1 for n in range(31)},
    ],
)
def test_an_assumption_is_a_number_or_three_that_rise(conn, acme, assumptions):
    with pytest.raises(BadOrganisation, match=r"^assumptions: "):
        kept.change_organisation(conn, acme.id, assumptions=assumptions)


@pytest.mark.parametrize(
    ("name", "seats"),
    [("", 1), ("x" * 101, 1), ("a\tb", 1), ("f" * 32, 1), ("Acme", 0), ("Acme", 1_000_001)],
)
def test_what_no_organisation_can_be_is_told(conn, project, name, seats):
    with pytest.raises(BadOrganisation, match=r"^(name|seats): "):
        kept.create_organisation(conn, project.id, name, seats)


def test_with_an_organisation_go_its_numbers_and_its_runs_are_nobodys(conn, project, acme):
    package = packages.create_package(conn, project.id, "code-reviewer")
    other = kept.create_organisation(conn, project.id, "Other", 5)
    ensure_months(conn, [NOON.date()])
    for number, organisation in enumerate((acme, other)):
        add_numbers(conn, organisation, package, number)
    kept.remove_organisation(conn, acme.id)
    assert kept.list_organisations(conn, project.id) == [other]
    of_runs = select(runs.c.organisation_id, runs.c.team).order_by(runs.c.organisation_id)
    assert conn.execute(of_runs).all() == [(0, ""), (other.id, "Backend")]
    for column in (
        unpublished.c.owner_id,
        published_blocks.c.owner_id,
        organisation_members.c.organisation_id,
    ):
        assert conn.execute(select(column, func.count()).group_by(column)).all() == [(other.id, 1)]


def add_numbers(conn, organisation, package, actor):
    members.set_member(conn, organisation.id, actor, "ann")
    ours = {"project_id": organisation.project_id, "stream": "runs"}
    ours |= {"owner": "organisation", "owner_id": organisation.id}
    day = {"first_day": NOON.date(), "last_day": NOON.date()}
    conn.execute(insert(published_blocks).values(ours | day))
    of = {"day": NOON.date(), "actor_key": actor, "package_id": package.id}
    conn.execute(insert(unpublished).values(ours | of | {"organisation_id": organisation.id}))
    run = {"project_id": organisation.project_id, "actor_key": actor, "run_id": package.uid}
    belongs = {"organisation_id": organisation.id, "team": "Backend", "package_id": package.id}
    conn.execute(
        insert(runs).values(run | belongs | {"kind": "run", "occurred_at": NOON, "batch_id": 1})
    )
