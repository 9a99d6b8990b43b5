"""The one cache, and what becomes of errors."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.filters import Filters
from analytics.operations import intake
from analytics.scope import PUBLIC, Viewer
from db.engine import close_engine
from db.errors import TooWide
from ui import frame

ANN = Viewer(1, "ann@example.org", "executive", frozenset({1}))
BOB = Viewer(2, "bob@example.org", "executive", frozenset({2}))
MARCH = Filters(
    1, "UTC", "opt-in", date(2026, 3, 1), date(2026, 4, 1), datetime(2026, 4, 1, tzinfo=UTC)
)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def looks(conn, monkeypatch):
    """Answers of `fetch` as a certain viewer gets them."""

    def ask(viewer, question, *args, **kwargs):
        monkeypatch.setattr(frame, "current_viewer", lambda: viewer)
        return frame.fetch(question, *args, **kwargs)

    return ask


def whose(conn, viewer, filters=MARCH, note=""):
    return f"{viewer.email} {filters.start} {filters.platform} {note}"


def test_an_answer_is_asked_for_once(looks, monkeypatch):
    monkeypatch.setattr(frame, "COSTLY_SECONDS", -1)  # kept for longer than a test may stall
    asked = []

    def count(conn, viewer):
        asked.append(viewer)

    looks(ANN, count)
    looks(ANN, count)
    assert asked == [ANN]


@pytest.mark.parametrize("about", [*frame.CHANGING, "analytics.product."])
def test_a_change_forgets_what_is_said_but_not_what_was_costly_to_count(looks, monkeypatch, about):
    monkeypatch.setattr(frame, "COSTLY_SECONDS", -1)
    asked = []

    def count(conn, viewer):
        asked.append(viewer)

    count.__module__ = about + "somewhere"
    for _ in range(2):
        looks(ANN, count)
    frame.forget()
    looks(ANN, count)
    assert len(asked) == (2 if about in frame.CHANGING else 1)


def test_how_fresh_the_data_is_is_never_an_old_answer(looks, monkeypatch):
    monkeypatch.setattr(frame, "COSTLY_SECONDS", -1)
    asked = []

    def freshness(conn, viewer):
        asked.append(viewer)

    freshness.__module__, freshness.__qualname__ = frame.CURRENT.rsplit(".", 1)
    looks(ANN, freshness)
    frame.forget()
    looks(ANN, freshness)
    assert len(asked) == 2
    assert intake.freshness.__module__ + ".freshness" == frame.CURRENT


def test_two_viewers_never_share_an_answer(looks):
    assert looks(ANN, whose).startswith("ann")
    assert looks(BOB, whose).startswith("bob")


@pytest.mark.parametrize("package", frame.OF_ALL)
def test_who_has_the_same_rights_gets_the_same_answer_which_names_nobody(looks, package):
    asked = []

    def count(conn, viewer):
        asked.append(viewer)
        return len(asked)

    count.__module__ = f"{package}somewhere"
    cid = Viewer(3, "cid@example.org", ANN.role, ANN.projects)
    others = [
        replace(cid, role="admin"),
        replace(cid, projects=frozenset({1, 2})),
        replace(cid, packages=frozenset({1})),
        replace(cid, organisations=frozenset({1})),
        replace(cid, actors=frozenset({(1, 1)})),
    ]
    assert [looks(each, count) for each in (ANN, cid, *others)] == [1, 1, 2, 3, 4, 5, 6]
    assert {(viewer.person_id, viewer.email) for viewer in asked} == {(None, "")}
    assert [replace(each, person_id=None, email="") for each in (ANN, *others)] == asked


def test_what_is_asked_for_all_asks_nowhere_who_somebody_is():
    asks = re.compile(r"viewer\.(person_id|email)|views_of|visible_views")
    found = {
        module
        for path in (ROOT / "analytics").rglob("*.py")
        if asks.search(path.read_text())
        and (module := ".".join(path.relative_to(ROOT).with_suffix("").parts))
    }
    assert "analytics.views" in found
    assert [module for module in found if f"{module}.".startswith(frame.OF_ALL)] == []


def test_a_viewer_whose_rights_change_is_answered_anew(looks):
    def projects(conn, viewer):
        return viewer.projects

    assert looks(ANN, projects) == {1}
    assert looks(Viewer(1, ANN.email, ANN.role, frozenset({1, 2})), projects) == {1, 2}


def test_two_filters_never_share_an_answer(looks):
    ios = Filters(1, "UTC", "opt-in", MARCH.start, MARCH.end, MARCH.now, platform=("ios",))
    assert looks(ANN, whose, MARCH) != looks(ANN, whose, ios)
    assert looks(ANN, whose, MARCH, note="a") != looks(ANN, whose, MARCH, note="b")


def test_two_questions_never_share_an_answer(looks):
    def other(conn, viewer):
        return "other"

    assert looks(ANN, other) != looks(ANN, whose)


def test_several_questions_are_answered_in_their_order(looks, monkeypatch):
    monkeypatch.setattr(frame, "current_viewer", lambda: ANN)
    notes = [frame.ask(whose, note=str(number)) for number in range(20)]
    assert [answer[-1] for answer in frame.fetch_all(*notes)] == [str(n)[-1] for n in range(20)]


def test_a_stranger_is_stopped_before_anything_is_asked(conn, monkeypatch):
    monkeypatch.setattr(type(frame.st.context), "cookies", {})

    def page():
        from ui.frame import fetch

        def never(conn, viewer):
            raise AssertionError

        fetch(never)

    shown = AppTest.from_function(page).run()
    assert not shown.exception
    assert shown.info[0].value == "Sign in to see this page."


def test_on_a_public_page_a_stranger_asks_as_the_public(conn, monkeypatch):
    monkeypatch.setattr(type(frame.st.context), "cookies", {})

    def who(conn, viewer):
        return viewer

    assert frame.fetch_all(frame.ask(who), openly=True) == [PUBLIC]


def test_a_question_may_be_about_something_by_its_name(looks):
    def named(conn, viewer, name):
        return name

    assert looks(ANN, named, "code-reviewer") == "code-reviewer"


def test_what_is_known_to_go_wrong_is_told_in_a_sentence():
    def page():
        from db.errors import TooWide
        from ui.errors import calm

        with calm():
            raise TooWide

    shown = AppTest.from_function(page).run()
    assert not shown.exception
    assert shown.warning[0].value == str(TooWide())


def test_the_log_tells_nothing_of_what_people_wrote(caplog, server):
    def page(url):
        from sqlalchemy import text

        from db.engine import make_engine
        from ui.errors import calm

        engine = make_engine(url)
        try:
            with calm(), engine.connect() as conn:
                conn.execute(text("SELECT CAST(:said AS integer)"), {"said": "call me at home"})
        finally:
            engine.dispose()

    shown = AppTest.from_function(page, args=(server,), default_timeout=20).run()
    assert shown.warning[0].value == "The database does not answer just now."
    assert "InvalidTextRepresentation in SELECT CAST(" in caplog.text
    assert "call me" not in caplog.text


@pytest.fixture
def nobody_answers(monkeypatch, address):
    """An address where no database is, for the dashboard's engine."""
    close_engine()
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/none")
    yield
    close_engine()


def test_a_database_that_is_down_is_told_without_its_address(monkeypatch, nobody_answers):
    monkeypatch.setattr(type(frame.st.context), "cookies", {"looplens_session": "x"})

    def page():
        from ui.frame import enter

        enter()

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.warning[0].value == "The database does not answer just now."
    assert shown.button[0].label == "Try again"


def test_the_public_has_no_fields():
    assert not PUBLIC.fields
