"""Saved views belong to who made them; an administrator may tidy up."""

import pytest
from sqlalchemy import select

from db.access import ensure_person
from db.errors import BadView, UnknownView
from db.tables import saved_views
from db.views import LONGEST_QUERY, Keeper, change_view, remove_view, save_view


@pytest.fixture
def ann(conn, project):
    return Keeper(project.id, ensure_person(conn, "ann@example.org", "product", (project.id,)))


@pytest.fixture
def bob(conn, project):
    return Keeper(project.id, ensure_person(conn, "bob@example.org", "product", (project.id,)))


def kept(conn):
    columns = (saved_views.c.page, saved_views.c.name, saved_views.c.query)
    return [tuple(row) for row in conn.execute(select(*columns).order_by(saved_views.c.id))]


def test_a_view_is_kept_under_its_name_on_its_page(conn, ann):
    save_view(conn, ann, "trends", "  Mobile   week ", "range=7d")
    save_view(conn, ann, "funnels", "Mobile week", "range=28d")
    assert kept(conn) == [
        ("trends", "Mobile week", "range=7d"),
        ("funnels", "Mobile week", "range=28d"),
    ]


def test_the_same_name_again_is_the_same_view(conn, ann):
    first = save_view(conn, ann, "trends", "Mine", "range=7d")
    assert save_view(conn, ann, "trends", "Mine", "range=90d", ["product"]) == first
    assert kept(conn) == [("trends", "Mine", "range=90d")]


def test_two_people_may_use_the_same_name(conn, ann, bob):
    save_view(conn, ann, "trends", "Mine", "a=1")
    save_view(conn, bob, "trends", "Mine", "a=2")
    assert len(kept(conn)) == 2


def test_nobody_changes_or_removes_what_is_somebody_elses(conn, ann, bob):
    view = save_view(conn, ann, "trends", "Mine", "a=1", ["product"])
    with pytest.raises(UnknownView):
        change_view(conn, bob, view, "Taken", [])
    with pytest.raises(UnknownView):
        remove_view(conn, bob, view)
    assert kept(conn) == [("trends", "Mine", "a=1")]


def test_an_administrator_may_but_not_through_another_project(conn, ann, bob, berlin):
    view = save_view(conn, ann, "trends", "Mine", "a=1", ["product"])
    with pytest.raises(UnknownView):
        remove_view(conn, Keeper(berlin.id, bob.person_id, is_admin=True), view)
    remove_view(conn, Keeper(ann.project_id, bob.person_id, is_admin=True), view)
    assert kept(conn) == []


def test_a_name_that_is_taken_is_told(conn, ann):
    save_view(conn, ann, "trends", "One", "a=1")
    two = save_view(conn, ann, "trends", "Two", "a=2")
    with pytest.raises(BadView, match="already"):
        change_view(conn, ann, two, "One", [])
    change_view(conn, ann, two, "Three", [])
    assert [name for _, name, _ in kept(conn)] == ["One", "Three"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b", "a\u202eb"])
def test_a_name_that_is_none_is_refused(conn, ann, name):
    with pytest.raises(BadView):
        save_view(conn, ann, "trends", name, "")


def test_too_long_an_address_and_an_unknown_role_are_refused(conn, ann):
    with pytest.raises(BadView):
        save_view(conn, ann, "trends", "Mine", "x" * (LONGEST_QUERY + 1))
    with pytest.raises(BadView, match="everybody"):
        save_view(conn, ann, "trends", "Mine", "", ["everybody"])
