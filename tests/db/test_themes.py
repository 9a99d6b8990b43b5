"""People name, pin and merge themes, each in their own project."""

import pytest
from sqlalchemy import insert, select

from db.errors import BadTheme, UnknownTheme
from db.tables import feedback_themes, hypotheses, requests, themes
from db.themes import LONGEST_NAME, merge_themes, part_theme, pin_theme, rename_theme
from tests.jobs.said import NOON, ask_for, say


def make(conn, project, name, kind="pain"):
    row = {"project_id": project.id, "kind": kind, "name": name, "terms": {}, "found_at": NOON}
    return conn.execute(insert(themes).values(row).returning(themes.c.id)).scalar_one()


def link(conn, feedback_id, theme_id, weight):
    pair = {"feedback_id": feedback_id, "theme_id": theme_id, "weight": weight}
    conn.execute(insert(feedback_themes).values(pair))


def links(conn):
    return {tuple(row) for row in conn.execute(select(feedback_themes))}


def theme(conn, theme_id):
    return conn.execute(select(themes).where(themes.c.id == theme_id)).one()


@pytest.fixture
def three(conn, project):
    return [make(conn, project, name) for name in ("slow", "slower", "slowest")]


def test_a_name_is_put_on_one_line_and_marked_as_given(conn, project, three):
    rename_theme(conn, project.id, three[0], " Slow \n exports ")
    row = theme(conn, three[0])
    assert (row.name, row.is_named) == ("Slow exports", True)


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1), "a\x00b", "a\u202eb"])
def test_a_name_that_can_not_be_shown_is_refused(conn, project, three, name):
    with pytest.raises(BadTheme):
        rename_theme(conn, project.id, three[0], name)


def test_a_pin_can_be_set_and_taken_out(conn, project, three):
    for pinned in (True, False):
        pin_theme(conn, project.id, three[0], pinned)
        assert theme(conn, three[0]).is_pinned is pinned


def test_merging_moves_comments_requests_and_hypotheses(conn, project, three):
    source, target, _ = three
    one, both, other = (say(conn, project, "slow") for _ in range(3))
    for feedback_id, theme_id, weight in (
        (one, source, 0.5),
        (both, source, 0.9),
        (both, target, 0.4),
        (other, target, 0.7),
    ):
        link(conn, feedback_id, theme_id, weight)
    asked = ask_for(conn, project, "Faster", theme_id=source)
    believed = {"project_id": project.id, "statement": "s", "metric": "actors", "expected": 0.1}
    conn.execute(insert(hypotheses).values(believed | {"theme_id": source}))
    merge_themes(conn, project.id, source, target)
    assert links(conn) == {(one, target, 0.5), (both, target, 0.9), (other, target, 0.7)}
    assert theme(conn, source).merged_into == target
    linked = select(requests.c.theme_id).where(requests.c.id == asked)
    assert conn.execute(linked).scalar_one() == target
    assert conn.execute(select(hypotheses.c.theme_id)).scalar_one() == target


def test_what_was_merged_before_goes_along(conn, project, three):
    first, second, third = three
    merge_themes(conn, project.id, first, second)
    merge_themes(conn, project.id, second, third)
    assert [theme(conn, each).merged_into for each in three] == [third, third, None]


def test_what_does_not_fit_together_is_not_merged(conn, project, berlin, three):
    praise, theirs = make(conn, project, "nice", "praise"), make(conn, berlin, "slow")
    merge_themes(conn, project.id, three[1], three[0])
    for source, target, error in (
        (three[0], three[0], BadTheme),
        (three[0], praise, BadTheme),
        (three[2], three[1], BadTheme),
        (three[1], three[2], BadTheme),
        (three[0], theirs, UnknownTheme),
        (theirs, three[0], UnknownTheme),
    ):
        with pytest.raises(error):
            merge_themes(conn, project.id, source, target)


def test_a_merge_can_be_undone(conn, project, three):
    merge_themes(conn, project.id, three[0], three[1])
    part_theme(conn, project.id, three[0])
    assert theme(conn, three[0]).merged_into is None


def test_another_projects_theme_is_unknown(conn, berlin, three):
    for change in (
        lambda: rename_theme(conn, berlin.id, three[0], "ours"),
        lambda: pin_theme(conn, berlin.id, three[0], True),
        lambda: part_theme(conn, berlin.id, three[0]),
    ):
        with pytest.raises(UnknownTheme):
            change()
