"""An organisation of twelve people in two teams, whose page its owner looks at."""

from datetime import UTC, datetime, timedelta

import pytest

from db import tables
from db.access import ensure_person, project_secret
from db.accounts import link_actor
from db.identity import actor_key
from db.members import list_members
from db.organisations import change_organisation, find_organisation
from jobs.publishing import feed, publish
from tests.runs_written import write_members, write_runs

NOW = datetime.now(UTC)
PEOPLE = [f"p{number}" for number in range(12)]
WEB = [f"{who} team=Web listed=1" for who in PEOPLE[:6]]
OPS = [f"{who} team=Ops" for who in PEOPLE[6:]]


def day(ago):
    return (NOW - timedelta(days=ago)).strftime("%Y-%m-%dT10:00Z")


def run(who, ago, credits=2):
    return (
        f"{who} reviewer {day(ago)} model=sonnet credits={credits} duration=2000 organisation=Acme"
    )


@pytest.fixture
def acme(conn, project):
    """Twelve people of two teams ran a package on each of two days, and an owner who ran none."""
    made = write_members(conn, project, "Acme", "boss role=owner", *WEB, *OPS, seats=20)
    change_organisation(conn, made, leaderboard=True)
    write_runs(conn, project, *(run(who, ago) for who in PEOPLE for ago in (3, 2)))
    feed(conn, tables.runs.c.project_id == project.id)
    publish(conn, NOW)
    person = ensure_person(conn, "org_admin@example.org", "org_admin", (project.id,))
    link_actor(conn, person, project.id, key_of(conn, project, "boss"))
    conn.commit()
    return find_organisation(conn, project.id, "Acme")


@pytest.fixture
def acme_page(show, project, acme):
    """The page as the owner sees it."""

    def opened(role="org_admin", **query):
        shown = show("organisation", role, project, **query)
        assert not shown.exception
        return shown

    return opened


def key_of(conn, project, who):
    return actor_key(project_secret(conn, project.id), who)


def stored(conn, project):
    conn.rollback()
    return find_organisation(conn, project.id, "Acme")


def form_of(who, shown, acme, conn):
    """The page with the form of one member, and what ends the names of its fields."""
    number = [each.username for each in list_members(conn, acme.id)].index(who)
    conn.rollback()
    shown = shown.selectbox(key=f"member_{acme.uid}").select_index(number).run()
    return shown, f"{acme.uid}_{number}"
