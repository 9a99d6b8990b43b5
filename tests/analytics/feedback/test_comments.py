"""Comments are found by what they say, by whom they wait for and by what they are about."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from analytics.feedback.comments import (
    COMMENTS,
    LONGEST,
    NOBODY,
    PAGE,
    QUOTES,
    Search,
    colleagues,
    comments,
    comments_sql,
    quotes,
    quotes_sql,
)
from analytics.scope import PUBLIC
from db import tables
from db.access import create_project, ensure_person
from db.accounts import close_account
from db.themes import merge_themes
from tests.analytics.feedback import reference
from tests.analytics.feedback.reference import Said, answer, history, keep
from tests.analytics.feedback.test_themes import link, theme
from tests.analytics.reference import anyone, asking
from tests.conftest import undone
from tests.thorough import cases

START, END = date(2026, 3, 16), date(2026, 3, 30)
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


def found(conn, project, search=None, page=1, **more):
    filters = asking(project, START, END, **more)
    return comments(conn, anyone(project), filters, search or Search(), page)


def texts(frame):
    return frame["comment"].tolist()


@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    sentiment=st.sampled_from(["", "positive", "not_scored"]),
    kind=st.sampled_from(["", "text", "nps"]),
    state=st.sampled_from(["", "seen"]),
    word=st.sampled_from(["", "export", "mode -love"]),
    page=st.integers(1, 3),
)
def test_a_page_is_that_of_the_reference(conn, seed, sentiment, kind, state, word, page):
    with undone(conn):
        project = create_project(
            conn, "random", consent="opt-out", timezone="Europe/Berlin", retention_months=None
        )
        said = history(seed, START - timedelta(days=5), 30, 120)
        reference.store(conn, project, said)
        kept = [
            each
            for each in keep(said, asking(project, START, END))
            if each.comment
            and sentiment in ("", each.label)
            and kind in ("", each.kind)
            and state in ("", each.state)
            and word.split(" ")[0] in each.comment
        ]
        kept.sort(key=lambda each: (each.at, said.index(each)), reverse=True)
        rows = found(conn, project, Search(word, sentiment, kind, state), page)
        shown = kept[PAGE * (page - 1) : PAGE * page]
        wall = ZoneInfo("Europe/Berlin")
        assert rows["said_at"].tolist() == [
            each.at.astimezone(wall).replace(tzinfo=None) for each in shown
        ]
        assert sorted(texts(rows)) == sorted(each.comment for each in shown)
        assert set(rows["found"]) == ({len(kept)} if shown else set())


def test_search_knows_forms_of_words_phrases_and_what_not_to_find(conn, project):
    said = ["Exports are slow", "slow to export", "The search is slow", "fine"]
    reference.store(conn, project, [Said(1, "text", NOON, comment=text) for text in said])
    for words, expected in (
        ("exporting", {"Exports are slow", "slow to export"}),
        ("slow -search", {"Exports are slow", "slow to export"}),
        ('"search is slow"', {"The search is slow"}),
        ("fine or search", {"The search is slow", "fine"}),
        ("the", set()),
        ("  ", set(said)),
    ):
        assert set(texts(found(conn, project, Search(words)))) == expected


@pytest.mark.parametrize("words", ["'; drop table feedback --", "%", "\0", '"', "& | ! <->", ":*"])
def test_a_hostile_search_only_finds_little(conn, project, words):
    reference.store(conn, project, [Said(1, "text", NOON, comment="fine")])
    assert len(found(conn, project, Search(words))) <= 1


def test_what_people_wrote_comes_as_they_wrote_it(conn, project):
    text = "<script>alert(1)</script> **bold** [x](http://x) 100% \\ :material/home:"
    reference.store(conn, project, [Said(1, "text", NOON, comment=text)])
    assert texts(found(conn, project)) == [text]


def test_of_a_megabyte_only_the_beginning_is_read(conn, project):
    said = [Said(1, "text", NOON, comment="slow " * 200_000)]
    reference.store(conn, project, said)
    assert texts(found(conn, project, Search("slow"))) == [("slow " * 200_000)[:LONGEST]]


def test_comments_of_a_theme_and_of_those_merged_into_it(conn, project):
    slow = theme(conn, project, "slow")
    merged = theme(conn, project, "too slow")
    ids = reference.store(
        conn, project, [Said(1, "text", NOON, comment=text) for text in ("a", "b", "c")]
    )
    link(conn, ids[0], slow)
    link(conn, ids[1], merged)
    merge_themes(conn, project.id, merged, slow)
    rows = found(conn, project, Search(theme_id=slow))
    assert set(texts(rows)) == {"a", "b"}
    assert rows["themes"].tolist() == ["slow", "slow"]


def test_comments_of_a_colleague_and_of_nobody(conn, project):
    person = ensure_person(conn, "pm@example.org", "product", (project.id,))
    ids = reference.store(
        conn, project, [Said(1, "text", NOON, comment=text) for text in ("mine", "free")]
    )
    theirs = tables.feedback.c.id == ids[0]
    conn.execute(update(tables.feedback).where(theirs).values(assignee_id=person))
    rows = found(conn, project, Search(assignee_id=person))
    assert rows[["comment", "assignee"]].to_numpy().tolist() == [["mine", "pm@example.org"]]
    assert texts(found(conn, project, Search(assignee_id=NOBODY))) == ["free"]


def test_those_whose_role_may_see_what_is_said_can_be_given_a_comment(conn, project, berlin):
    ours = ensure_person(conn, "pm@example.org", "product", (project.id,))
    admin = ensure_person(conn, "admin@example.org", "admin")
    ensure_person(conn, "other@example.org", "product", (berlin.id,))
    for role in ("operations", "member", "author"):
        ensure_person(conn, f"{role}@example.org", role, (project.id,))
    assert colleagues(conn, anyone(project), project.id) == {
        admin: "admin@example.org",
        ours: "pm@example.org",
    }
    assert colleagues(conn, anyone(project, role="member"), project.id) == {}


def test_who_has_closed_their_account_is_given_nothing_to_answer(conn, project):
    person = ensure_person(conn, "gone@mail.example", "product", (project.id,))
    assert person in colleagues(conn, anyone(project), project.id)
    close_account(conn, person)
    assert person not in colleagues(conn, anyone(project), project.id)


def test_quotes_are_those_that_are_most_about_the_theme(conn, project):
    slow = theme(conn, project, "slow")
    said = [Said(1, "text", NOON, comment=str(number)) for number in range(QUOTES + 2)]
    for number, feedback_id in enumerate(reference.store(conn, project, said)):
        link(conn, feedback_id, slow, weight=number / 10)
    filters = asking(project, START, END)
    rows = quotes(conn, anyone(project), filters, slow)
    assert texts(rows) == ["6", "5", "4", "3", "2"]
    assert set(rows["found"]) == {QUOTES + 2}


def test_the_statements_give_the_same_rows(conn, berlin):
    slow = theme(conn, berlin, "slow")
    for feedback_id in reference.store(conn, berlin, history(6, START, 14)):
        link(conn, feedback_id, slow)
    filters, viewer = asking(berlin, START, END), anyone(berlin)
    search = Search("export", "positive", theme_id=slow)
    rows = answer(conn, comments_sql(viewer, filters, search)).astype(COMMENTS)
    assert len(rows)
    assert rows.equals(comments(conn, viewer, filters, search))
    rows = answer(conn, quotes_sql(viewer, filters, slow)).astype(COMMENTS)
    assert rows["id"].tolist() == quotes(conn, viewer, filters, slow)["id"].tolist()


def test_strangers_and_roles_without_the_field_read_nothing(conn, project):
    reference.store(conn, project, [Said(1, "text", NOON, comment="fine")])
    filters = asking(project, START, END)
    for viewer in (PUBLIC, anyone(project, role="operations"), anyone(project, role="author")):
        assert comments(conn, viewer, filters).empty
