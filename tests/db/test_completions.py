"""Pairs of events that begin and end something, and the command that keeps them."""

import pytest

from db.completions import Completion, list_completions, remove_completion, set_completion
from db.errors import BadSetting


def test_a_start_has_one_end_and_may_get_another(conn, project):
    set_completion(conn, project.id, "opened", "closed")
    set_completion(conn, project.id, "begun", "given_up")
    set_completion(conn, project.id, "begun", "done")
    assert list_completions(conn, project.id) == [
        Completion("begun", "done"),
        Completion("opened", "closed"),
    ]


@pytest.mark.parametrize(("start", "done"), [("", "done"), ("begun", ""), ("same", "same")])
def test_names_that_are_empty_or_equal_are_refused(conn, project, start, done):
    with pytest.raises(BadSetting, match="two different events"):
        set_completion(conn, project.id, start, done)


def test_a_pair_can_be_removed_once(conn, project):
    set_completion(conn, project.id, "begun", "done")
    assert remove_completion(conn, project.id, "begun")
    assert not remove_completion(conn, project.id, "begun")
    assert list_completions(conn, project.id) == []


def test_projects_have_pairs_of_their_own(conn, project, berlin):
    set_completion(conn, project.id, "begun", "done")
    assert list_completions(conn, berlin.id) == []
