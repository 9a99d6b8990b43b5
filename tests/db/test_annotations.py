"""Who may remove an annotation."""

from datetime import UTC, datetime

import pytest

from db.access import ensure_person
from db.annotations import Draft, annotate, annotations_between, remove_annotation
from db.errors import BadAnnotation

NOTE = Draft("note", "Moved", at=datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def ann(conn, project):
    return ensure_person(conn, "ann@example.org", "product", (project.id,))


def test_the_author_may_remove_it_and_nobody_else_who_is_named(conn, project, ann):
    made = annotate(conn, project.id, NOTE, ann)
    assert not remove_annotation(conn, project.id, made.id, author=ann + 1)
    assert remove_annotation(conn, project.id, made.id, author=ann)
    assert annotations_between(conn, project.id) == []


def test_what_a_key_made_has_no_author_who_might(conn, project, ann):
    made = annotate(conn, project.id, NOTE)
    assert not remove_annotation(conn, project.id, made.id, author=ann)
    assert remove_annotation(conn, project.id, made.id)


def test_nothing_is_removed_through_another_project(conn, project, berlin):
    made = annotate(conn, project.id, NOTE)
    assert not remove_annotation(conn, berlin.id, made.id)
    assert annotations_between(conn, project.id) == [made]


def test_a_kind_that_there_is_not_is_refused(conn, project):
    with pytest.raises(BadAnnotation, match="kind"):
        annotate(conn, project.id, Draft("party", "Moved"))
