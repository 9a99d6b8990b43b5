"""Saved views and annotations as people of each role meet them in the bar of a page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.access import ensure_person
from db.annotations import Draft, annotate, annotations_between
from db.tables import saved_views
from db.views import Keeper, View, save_view
from tests.thorough import thorough
from ui.keeping import href

VIEW = View(1, "trends", "Mine", "range=7d&platform=web&platform=ios", 1, ())


@pytest.fixture
def shop(conn, project, add_events):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    add_events(project, f"ann page_view {yesterday.isoformat()} platform=web subject=start")
    conn.commit()
    return project


@pytest.fixture
def opened(show, shop):
    """A page with one of the bar's doors open."""

    def run(door, role="product", page="trends", **query):
        shown = show(page, role, shop, **query)
        shown.session_state[door] = True
        shown.run()
        assert not shown.exception
        return shown

    return run


def person(conn, shop, role="product"):
    return ensure_person(conn, f"{role}@example.org", role, (shop.id,))


def links(shown):
    return [each.value for each in shown.get("html") if "<a " in each.value]


def press(shown, label):
    return next(button for button in shown.button if button.label == label).click()


def stored(conn):
    conn.rollback()
    return conn.execute(select(saved_views.c.name, saved_views.c.page, saved_views.c.query)).all()


def test_a_view_opens_its_page_with_its_query_in_its_project(project):
    assert href(VIEW, project) == "/trends?range=7d&platform=web&platform=ios&project=first"


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("//evil.example", "a=1"),
        ("javascript:alert(1)", ""),
        ('trends" onclick="alert(1)', '"><script>alert(1)</script>'),
        ("../../x", "project=other&a=%00&=&&&"),
    ],
)
def test_a_hostile_view_leads_nowhere_but_into_this_site(project, page, query):
    address = href(View(1, page, "x", query, 1, ()), project)
    assert address.startswith("/")
    assert not address.startswith("//")
    assert not set(address) & set("\"<>' :\\")
    assert address.count("project=") == 1


@thorough
def test_the_present_state_is_saved_under_a_name(conn, opened):
    shown = opened("views", range="7d")
    shown.text_input(key="view_name").set_value("Mobile week")
    press(shown, "Save").run()
    assert not shown.exception
    assert stored(conn) == [("Mobile week", "trends", "range=7d")]
    assert any("Mobile week" in link for link in links(shown))


def test_a_name_is_shown_as_text(conn, shop, opened):
    save_view(conn, Keeper(shop.id, person(conn, shop)), "trends", "<b>x</b> [y](z)", "a=1")
    (link,) = links(opened("views"))
    assert "&lt;b&gt;x&lt;/b&gt; [y](z)" in link


def test_what_another_shares_with_ones_role_is_there_but_not_ones_to_change(conn, shop, opened):
    other = Keeper(shop.id, person(conn, shop, "executive"))
    save_view(conn, other, "trends", "Shared", "a=1", ["product"])
    save_view(conn, other, "trends", "Secret", "a=1")
    shown = opened("views")
    assert "Shared" in "".join(links(shown))
    assert "Secret" not in "".join(links(shown))
    assert shown.selectbox(key="view_to_change").options == []


def test_a_view_of_a_page_that_one_may_not_open_is_left_out(conn, shop, opened):
    other = Keeper(shop.id, person(conn, shop, "executive"))
    save_view(conn, other, "executive", "Money", "a=1", ["product"])
    save_view(conn, other, "no-such-page", "Lost", "a=1", ["product"])
    assert links(opened("views")) == []


@thorough
def test_ones_own_view_is_renamed_and_deleted(conn, shop, opened):
    save_view(conn, Keeper(shop.id, person(conn, shop)), "trends", "Old", "a=1")
    shown = opened("views")
    shown.selectbox(key="view_to_change").select_index(0).run()
    (name,) = [each for each in shown.text_input if each.label == "Name"]
    name.set_value("New")
    press(shown, "Keep the change").run()
    assert [row.name for row in stored(conn)] == ["New"]
    shown.selectbox(key="view_to_change").select_index(0).run()
    press(shown, "Delete").run()
    assert stored(conn) == []


def test_a_view_with_a_hostile_query_shows_the_page_as_usual(opened):
    shown = opened("views", range="<script>", platform="' or 1=1 --", by="x", grain="eon")
    assert shown.segmented_control(key="range").value == "28d"
    assert not shown.error


@thorough
def test_what_happened_is_annotated_by_hand(conn, shop, opened):
    shown = opened("annotate")
    shown.text_input(key="note_title").set_value("Moved to new servers")
    press(shown, "Annotate").run()
    assert not shown.exception
    conn.rollback()
    (note,) = annotations_between(conn, shop.id)
    assert (note.kind, note.title, note.until) == ("note", "Moved to new servers", None)
    assert note.person_id == person(conn, shop)
    assert abs(datetime.now(UTC) - note.at) < timedelta(minutes=2)


def test_a_mistake_is_told_in_a_sentence(conn, shop, opened):
    shown = opened("annotate")
    shown.text_input(key="note_title").set_value("x")
    shown.text_input(key="note_url").set_value("javascript:alert(1)")
    press(shown, "Annotate").run()
    assert not shown.exception
    assert "http" in shown.warning[0].value
    conn.rollback()
    assert annotations_between(conn, shop.id) == []


def test_one_deletes_ones_own_annotation_only(conn, shop, opened):
    ours = annotate(conn, shop.id, Draft("note", "Ours"), person(conn, shop))
    annotate(conn, shop.id, Draft("release", "<i>Theirs</i>"))
    shown = opened("annotate")
    assert "&lt;i&gt;Theirs" in "".join(each.value for each in shown.get("html"))
    (button,) = [each for each in shown.button if each.label == "Delete"]
    assert button.key == f"note_delete_{ours.id}"
    button.click().run()
    conn.rollback()
    assert [note.title for note in annotations_between(conn, shop.id)] == ["<i>Theirs</i>"]


def test_an_administrator_may_delete_anybodys(conn, shop, opened):
    annotate(conn, shop.id, Draft("release", "Theirs"))
    shown = opened("annotate", role="admin")
    press(shown, "Delete").run()
    conn.rollback()
    assert annotations_between(conn, shop.id) == []


@pytest.mark.parametrize("role", ["author", "org_admin", "member"])
def test_roles_without_figures_have_neither_door(show, shop, role):
    shown = show("home", role, shop)
    shown.session_state["views"] = shown.session_state["annotate"] = True
    shown.run()
    assert not shown.exception
    assert "view_name" not in [each.key for each in shown.text_input]
    assert "note_title" not in [each.key for each in shown.text_input]
