"""Every role on every page, with an address that names what is somebody else's.

A row of the table is a page, a column a role: `x` sees it, `-` is told that the role does not
include it, `.` is shown the way in.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import streamlit as st
from sqlalchemy import event

from db.access import create_project, ensure_person, project_secret
from db.accounts import link_actor
from db.engine import engine as dashboard_engine
from db.identity import actor_key
from db.package_authors import add_author
from db.packages import find_package
from db.tables import packages, runs
from jobs.publishing import feed, publish
from tests.pages.reading import sent, texts
from tests.runs_written import write_members, write_packages, write_runs

NOW = datetime.now(UTC)
ROLES = ("public", "admin", "executive", "product", "operations", "author", "org_admin", "member")
TABLE = """
home             .  x  x  x  x  x  x  x
executive        .  x  x  -  -  -  -  -
revenue          .  x  x  -  -  -  -  -
trends           .  x  x  x  x  -  -  -
funnels          .  x  x  x  x  -  -  -
retention        .  x  x  x  x  -  -  -
lifecycle        .  x  x  x  x  -  -  -
journeys         .  x  x  x  x  -  -  -
sessions         .  x  x  x  x  -  -  -
adoption         .  x  x  x  x  -  -  -
versions         .  x  x  x  x  -  -  -
commands         .  x  x  x  x  -  -  -
segments         .  x  x  x  x  -  -  -
quality          .  x  x  x  x  -  -  -
performance      .  x  x  x  x  -  -  -
live             .  x  x  x  x  -  -  -
errors           .  x  x  x  x  -  -  -
experiments      .  x  x  x  x  -  -  -
new_experiment   .  x  x  x  x  -  -  -
flags            .  x  x  x  x  -  -  -
feedback         .  x  x  x  -  -  -  -
surveys          .  x  x  x  -  -  -  -
roadmap          .  x  x  x  -  -  -  -
operations       .  x  x  x  x  -  -  -
alerts           .  x  x  x  x  -  -  -
health           .  x  x  x  x  -  -  -
support          .  x  x  x  x  -  -  -
security         .  x  x  x  x  -  -  -
package          x  x  x  x  x  x  x  x
packages         .  -  -  -  -  x  -  -
my_usage         .  x  x  x  x  x  x  x
organisation     .  -  -  -  -  -  x  -
"""
MATRIX = {line.split()[0]: dict(zip(ROLES, line.split()[1:], strict=True))
          for line in TABLE.strip().splitlines()}  # fmt: skip
PEOPLE = [f"p{number}" for number in range(15)]
SECRET = "zebra"  # is in every name of what belongs to others
OURS = "reviewer"


@pytest.fixture
def world(conn, project, add_events):
    """Two projects alike: ours, and another whose names nobody of ours may read."""
    other = create_project(conn, f"{SECRET}-project", consent="opt-out", retention_months=None)
    fill(conn, project, OURS, "Acme", add_events)
    fill(conn, other, f"{SECRET}-package", f"{SECRET}-organisation", add_events)
    for role in ROLES[1:]:
        ensure_person(conn, f"{role}@example.org", role, (project.id,))
    add_author(conn, find_package(conn, project.id, OURS).id, "author@example.org")
    for role, who in (("org_admin", "boss"), ("member", "p1")):
        person = ensure_person(conn, f"{role}@example.org", role, (project.id,))
        key = actor_key(project_secret(conn, project.id), who)
        link_actor(conn, person, project.id, key)
    conn.commit()
    return project, other


def fill(conn, project, package, organisation, add_events):
    """People of an organisation run a private package, two days in a row; and events of theirs."""
    at = [NOW - timedelta(days=ago) for ago in (3, 2)]
    write_packages(conn, project, package, public=False)
    members = [f"{who} team=Web" for who in PEOPLE]
    write_members(conn, project, organisation, "boss role=owner", *members)
    lines = [
        f"{who} {package} {moment:%Y-%m-%dT10:00Z} model=m-{package} version=1.0-{package}"
        f" {'' if number < 5 else 'organisation=' + organisation}"
        for number, who in enumerate(PEOPLE)
        for moment in at
    ]
    write_runs(conn, project, *lines)
    add_events(
        project, *(f"{who} open {at[0]:%Y-%m-%dT11:00Z} subject={package}" for who in PEOPLE)
    )
    feed(conn, runs.c.project_id == project.id)
    publish(conn, NOW)


def outcome(shown):
    """What a page did: see the table."""
    assert not shown.exception
    told = texts(shown)
    if "See how your product is used" in told:
        return "."
    return "-" if "Your role does not include this page" in told else "x"


@pytest.fixture
def opened(show, conn, world):
    """A page as a role opens it, with everything of the other project named in the address."""
    _, other = world
    foreign_uid = find_package(conn, other.id, f"{SECRET}-package").uid

    def run(page, role, **query):
        foreign = {
            "project": other.name,
            "organisation": f"{SECRET}-organisation",
            "id": str(foreign_uid),
        }
        return show(page, None if role == "public" else role, **(foreign | query))

    return run


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_its_pages_and_nothing_of_others(opened, role):
    found, leaking = {}, []
    for page in MATRIX:
        shown = opened(page, role)
        found[page] = outcome(shown)
        if role != "admin" and SECRET.encode() in sent(shown):
            leaking.append(page)
    assert found == {page: of[role] for page, of in MATRIX.items()}
    assert leaking == []


def test_the_table_has_every_page():
    assert set(MATRIX) == {path.stem for path in Path("pages").glob("*.py")} - {"public"}


OWN = (
    ("trends", "product", OURS),
    ("adoption", "operations", OURS),
    ("packages", "author", OURS),
    ("organisation", "org_admin", "Acme"),
    ("my_usage", "member", OURS),
    ("trends", "admin", SECRET),
)


@pytest.mark.parametrize(("page", "role", "name"), OWN)
def test_what_is_ones_own_is_there(opened, world, page, role, name):
    ours, _ = world
    query = {} if role == "admin" else {"project": ours.name}
    assert name.encode() in sent(opened(page, role, **query))


@pytest.fixture
def statements():
    """What the dashboard asks its database, in order."""
    asked = []

    def remember(conn, cursor, statement, parameters, context, executemany):
        asked.append(statement)

    event.listen(dashboard_engine(), "before_cursor_execute", remember)
    yield asked
    event.remove(dashboard_engine(), "before_cursor_execute", remember)


def answered(opened, statements, wanted):
    """What the package page says of this id, and which statements that took."""
    st.cache_resource.clear()
    statements.clear()
    shown = opened("package", "member", id=wanted)
    return texts(shown), Counter(statements)


def test_a_foreign_package_is_as_if_there_were_none(opened, statements, conn, world):
    _, other = world
    foreign = find_package(conn, other.id, f"{SECRET}-package")
    answered(opened, statements, "warm")  # who asks first learns what costs much, and asks apart
    missing = answered(opened, statements, str(uuid4()))
    assert missing[1]
    assert answered(opened, statements, str(foreign.uid)) == missing
    unnamed = answered(opened, statements, "no-such-package")
    assert answered(opened, statements, foreign.name) == unnamed


def test_a_private_package_is_shown_to_its_author_and_to_nobody_else(opened, conn, world):
    ours, _ = world
    uid = str(find_package(conn, ours.id, OURS).uid)
    for role in ("author", "admin", "product"):
        assert opened("package", role, id=uid).metric, role
    for role in ("public", "org_admin", "member"):
        assert not opened("package", role, id=uid).metric, role


def test_a_public_package_is_shown_to_everybody(opened, conn, world):
    ours, _ = world
    uid = find_package(conn, ours.id, OURS).uid
    conn.execute(packages.update().where(packages.c.uid == uid).values(is_public=True))
    conn.commit()
    for role in ROLES:
        assert opened("package", role, id=str(uid)).metric, role
