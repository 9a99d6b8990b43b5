"""Accounts: who somebody is in a project, and how an account ends."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from db import accounts
from db.access import accept_invite, ensure_person, invite, person_of, sign_in
from db.errors import BadAccessLink, BadLink, UnknownPerson
from db.package_authors import add_author, list_authors
from db.packages import create_package
from db.standing import standing_of
from db.tables import annotations, people, saved_views
from db.tokens import create_token, list_tokens


@pytest.fixture
def ann(conn, project):
    return ensure_person(conn, "ann@x.example", "author", (project.id,))


def test_a_person_is_one_actor_of_a_project_and_an_actor_one_person(conn, project, berlin, ann):
    accounts.link_actor(conn, ann, project.id, 1)
    accounts.link_actor(conn, ann, project.id, 2)
    accounts.link_actor(conn, ann, berlin.id, 1)
    assert standing_of(conn, ann).actors == {(project.id, 2), (berlin.id, 1)}
    bob = ensure_person(conn, "bob@x.example", "member")
    with pytest.raises(BadLink):
        accounts.link_actor(conn, bob, project.id, 2)
    accounts.link_actor(conn, bob, project.id, 1)


def test_an_account_is_found_by_its_address_while_it_is_open(conn, project, ann):
    found = accounts.find_person(conn, "Ann@x.example")
    assert (found.id, found.role, found.projects) == (ann, "author", {project.id})
    accounts.close_account(conn, ann)
    for email in ("ann@x.example", "bob@x.example"):
        with pytest.raises(UnknownPerson):
            accounts.find_person(conn, email)


def test_what_lets_somebody_in_ends_with_the_account(conn, ann):
    link, session = invite(conn, "ann@x.example", "author"), sign_in(conn, ann)
    create_token(conn, ann, "laptop")
    accounts.close_account(conn, ann)
    assert person_of(conn, session) is None
    assert list_tokens(conn, ann) == []
    with pytest.raises(BadAccessLink):
        accept_invite(conn, link)
    assert person_of(conn, sign_in(conn, ann)) is None


def test_an_invitation_that_is_accepted_opens_the_account_again(conn, ann):
    accounts.close_account(conn, ann)
    link = invite(conn, "ann@x.example", "author")
    assert accounts.closed_before(conn, datetime.now(UTC) + timedelta(days=1)) == [ann]
    assert person_of(conn, accept_invite(conn, link)).id == ann
    assert accounts.closed_before(conn, datetime.now(UTC) + timedelta(days=1)) == []


def test_closing_twice_does_not_lengthen_the_wait(conn, ann):
    closed = datetime(2026, 1, 1, tzinfo=UTC)
    conn.execute(update(people).where(people.c.id == ann).values(closed_at=closed))
    accounts.close_account(conn, ann)
    kept = select(people.c.closed_at).where(people.c.id == ann)
    assert conn.execute(kept).scalar_one() == closed


def test_of_an_account_that_is_nobodys_stays_what_was_shared(conn, project, ann):
    package = create_package(conn, project.id, "code-reviewer")
    add_author(conn, package.id, "ann@x.example")
    accounts.link_actor(conn, ann, project.id, 1)
    view = {"project_id": project.id, "page": "trends", "query": "", "person_id": ann}
    conn.execute(saved_views.insert(), [view | {"name": "mine", "shared_with": []}])
    conn.execute(saved_views.insert(), [view | {"name": "ours", "shared_with": ["product"]}])
    note = {"project_id": project.id, "kind": "note", "title": "Fair", "person_id": ann}
    conn.execute(annotations.insert().values(note | {"at": datetime.now(UTC)}))
    accounts.close_account(conn, ann)
    accounts.make_nobodys(conn, ann)
    assert accounts.closed_before(conn, datetime.now(UTC) + timedelta(days=1)) == []
    assert list_authors(conn, package.id) == []
    assert not standing_of(conn, ann).actors
    assert conn.execute(select(saved_views.c.name)).scalars().all() == ["ours"]
    assert conn.execute(select(annotations.c.person_id)).scalars().all() == [ann]
    row = conn.execute(select(people.c.email, people.c.role).where(people.c.id == ann)).one()
    assert row == (f"nobody-{ann}", "member")
    assert ensure_person(conn, "ann@x.example", "author") != ann
