"""Whose saved views one may open."""

import pytest

from analytics.scope import Viewer
from analytics.views import views_of
from db.access import ensure_person
from db.views import Keeper, save_view


@pytest.fixture
def looks(conn, project, berlin):
    """Somebody of this role who may see both projects."""

    def make(name, role="product"):
        person = ensure_person(conn, f"{name}@example.org", role, (project.id, berlin.id))
        return Viewer(person, f"{name}@example.org", role, frozenset({project.id, berlin.id}))

    return make


def names(conn, viewer, project, page=None):
    return [view.name for view in views_of(conn, viewer, project.id, page)]


def test_ones_own_are_there_and_those_shared_with_ones_role(conn, project, looks):
    ann, bob, eve = looks("ann"), looks("bob"), looks("eve", "executive")
    mine = Keeper(project.id, ann.person_id)
    save_view(conn, mine, "trends", "Alone", "a=1")
    save_view(conn, mine, "trends", "Shared", "a=1", ["product", "operations"])
    assert names(conn, ann, project) == ["Alone", "Shared"]
    assert names(conn, bob, project) == ["Shared"]
    assert names(conn, eve, project) == []


def test_they_are_of_a_project_and_of_a_page(conn, project, berlin, looks):
    ann = looks("ann")
    save_view(conn, Keeper(project.id, ann.person_id), "trends", "Ours", "a=1")
    save_view(conn, Keeper(project.id, ann.person_id), "", "Start", "")
    save_view(conn, Keeper(berlin.id, ann.person_id), "trends", "Theirs", "a=1")
    assert names(conn, ann, project) == ["Start", "Ours"]
    assert names(conn, ann, project, "trends") == ["Ours"]
    assert names(conn, ann, project, "") == ["Start"]


def test_who_lost_the_project_or_the_field_sees_none(conn, project, looks):
    ann = looks("ann")
    save_view(conn, Keeper(project.id, ann.person_id), "trends", "Mine", "a=1")
    assert names(conn, Viewer(ann.person_id, "", "product", frozenset()), project) == []
    assert names(conn, Viewer(ann.person_id, "", "member", ann.projects), project) == []


def test_a_view_is_frozen_and_says_with_whom_it_is_shared(conn, project, looks):
    ann = looks("ann")
    save_view(conn, Keeper(project.id, ann.person_id), "trends", "Mine", "range=7d", ["product"])
    (view,) = views_of(conn, ann, project.id)
    assert (view.page, view.query, view.shared_with) == ("trends", "range=7d", ("product",))
    assert view.person_id == ann.person_id
    assert hash(view)
