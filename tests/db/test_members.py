"""The members of organisations."""

import contextlib
import threading

import pytest

from db import members
from db.access import create_project, ensure_person
from db.accounts import link_actor
from db.errors import BadMember, UnknownMember, UnknownOrganisation
from db.organisations import create_organisation
from db.standing import standing_of


@pytest.fixture
def acme(conn, project):
    return create_organisation(conn, project.id, "Acme", 50).id


def test_members_are_taken_in_changed_and_let_go(conn, acme):
    members.set_member(conn, acme, 1, "olga", role="owner")
    members.set_member(conn, acme, 2, " ann ", team=" Backend ")
    members.agree_to_be_listed(conn, acme, 2, True)
    changed = members.set_member(conn, acme, 2, "anna", role="admin", team="Frontend")
    assert (changed.username, changed.role, changed.team) == ("anna", "admin", "Frontend")
    assert changed.listed  # what she agreed to is hers to change
    assert [m.username for m in members.list_members(conn, acme)] == ["anna", "olga"]
    assert members.change_member(conn, acme, 2, team="").team == ""
    assert members.find_member(conn, acme, 2).role == "admin"
    members.remove_member(conn, acme, 2)
    assert [m.username for m in members.list_members(conn, acme)] == ["olga"]


def test_the_last_owner_stays_the_owner(conn, acme):
    members.set_member(conn, acme, 1, "olga", role="owner")
    for change in (
        lambda: members.set_member(conn, acme, 1, "olga"),
        lambda: members.change_member(conn, acme, 1, role="admin"),
        lambda: members.remove_member(conn, acme, 1),
    ):
        with pytest.raises(BadMember, match="last owner"):
            change()
    members.change_member(conn, acme, 1, username="olga b")
    members.set_member(conn, acme, 2, "otto", role="owner")
    members.remove_member(conn, acme, 1)
    assert [m.username for m in members.list_members(conn, acme)] == ["otto"]


def test_whoever_is_no_member_is_unknown(conn, project, acme):
    other = create_organisation(conn, project.id, "Other", 5).id
    members.set_member(conn, other, 1, "olga")
    for act in (
        lambda: members.find_member(conn, acme, 1),
        lambda: members.change_member(conn, acme, 1, team="x"),
        lambda: members.remove_member(conn, acme, 1),
        lambda: members.agree_to_be_listed(conn, acme, 1, True),
    ):
        with pytest.raises(UnknownMember):
            act()
    with pytest.raises(UnknownOrganisation):
        members.set_member(conn, 0, 1, "olga")


@pytest.mark.parametrize(
    "given",
    [
        {"username": ""},
        {"username": "x" * 101},
        {"username": "a\x00"},
        {"role": "boss"},
        {"role": ""},
        {"team": "x" * 101},
        {"team": "a\nb"},
    ],
)
def test_what_no_member_can_be_is_told(conn, acme, given):
    with pytest.raises(BadMember, match=f"^{next(iter(given))}: "):
        members.set_member(conn, acme, 1, **({"username": "olga"} | given))


def test_an_organisation_has_so_many_members(conn, acme, monkeypatch):
    monkeypatch.setattr(members, "MOST_MEMBERS", 1)
    members.set_member(conn, acme, 1, "olga")
    members.set_member(conn, acme, 1, "olga", team="Backend")
    with pytest.raises(BadMember, match="at most 1 members"):
        members.set_member(conn, acme, 2, "ann")


@pytest.mark.parametrize(("role", "heads"), [("owner", True), ("admin", True), ("member", False)])
def test_owners_and_admins_head_their_organisation_once_it_is_known_who_they_are(
    conn, project, acme, role, heads
):
    person = ensure_person(conn, "ann@x.example", "member")
    members.set_member(conn, acme, 7, "ann", role=role)
    assert not standing_of(conn, person).organisations
    link_actor(conn, person, project.id, 7)
    assert (acme in standing_of(conn, person).organisations) == heads


def test_two_owners_who_remove_each_other_at_once_leave_one(own_engine):
    with own_engine.begin() as conn:
        acme = create_organisation(conn, create_project(conn, "shop").id, "Acme", 5).id
        for key in (1, 2):
            members.set_member(conn, acme, key, f"owner {key}", role="owner")
    both = threading.Barrier(2)

    def remove(key):
        with contextlib.suppress(BadMember), own_engine.begin() as conn:
            both.wait(timeout=10)
            members.remove_member(conn, acme, key)

    removing = [threading.Thread(target=remove, args=(key,)) for key in (1, 2)]
    for each in removing:
        each.start()
    for each in removing:
        each.join(timeout=10)
    with own_engine.connect() as conn:
        assert [m.role for m in members.list_members(conn, acme)] == ["owner"]
