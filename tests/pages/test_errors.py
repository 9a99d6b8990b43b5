"""The Errors page as people of each role see it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.error_groups import name_of
from db.tables import audit_log, error_groups
from tests.pages.reading import texts

NOW = datetime.now(UTC)


def at(**ago):
    return (NOW - timedelta(**ago)).isoformat()


@pytest.fixture
def shop(conn, project, add_events):
    """A crash that is old, and a time-out of yesterday; both of one person."""
    add_events(
        project,
        f"ann open {at(days=40)}",
        f'ann error {at(days=40)} error=Crash properties={{"message":"boom"}} version=1.0',
        f'ann error {at(days=2)} error=Crash properties={{"message":"boom"}} version=1.1',
        f'bob error {at(days=3)} error=Crash properties={{"message":"boom"}} version=1.1',
        f"ann save {at(days=1, hours=1)} subject=file error=Timeout ok=0",
        f"ann save {at(hours=1)} subject=file",
    )
    conn.commit()
    return project


def of(conn, project, error_type):
    """The fingerprint of the error of this type."""
    g = error_groups.c
    mine = g.project_id == project.id, g.error_type == error_type
    return conn.execute(select(g.fingerprint).where(*mine)).scalar_one()


def state_of(conn, project, error_type):
    """What is decided about it, as everybody sees it now."""
    conn.rollback()
    g = error_groups.c
    mine = g.project_id == project.id, g.error_type == error_type
    return tuple(conn.execute(select(g.state, g.resolved_release).where(*mine)).one())


def titles(shown):
    return [each.value for each in (*shown.header, *shown.subheader)]


def listed(shown):
    rows = shown.dataframe[0].value.reindex(columns=["mark", "title", "n", "people"])
    return rows.astype("object").fillna("").values.tolist()


def press(shown, label):
    """Click the only button with this label."""
    (button,) = [each for each in shown.button if each.label == label]
    return button.click().run()


@pytest.mark.parametrize("role", ["admin", "executive", "product", "operations"])
def test_it_says_first_what_is_new(show, shop, role):
    shown = show("errors", role, shop)
    assert not shown.exception
    assert titles(shown)[0] == "1 error is new"
    assert listed(shown) == [["New", "Timeout in file", 1, 1]]
    assert titles(shown)[1].startswith("3 failures, up to 1 a day on ")


def test_what_goes_on_as_before_is_a_click_away(show, shop):
    shown = show("errors", "operations", shop)
    shown.segmented_control(key="error_state").set_value("Open").run()
    assert titles(shown)[0] == "1 of 2 errors is new"
    assert listed(shown) == [["New", "Timeout in file", 1, 1], ["", "boom", 2, 2]]


@pytest.mark.parametrize("text", ["timeout", "TIME save", "file"])
def test_errors_are_found_by_words_of_what_they_are_called(show, shop, text):
    shown = show("errors", "operations", shop, error=text, error_state="Open")
    assert not shown.exception
    assert [title for _, title, *_ in listed(shown)] == ["Timeout in file"]


@pytest.mark.parametrize(
    "text", ["x", "%", "_", "\\", "\x00boom!", "'; drop", "<script>", "timeout boom"]
)
def test_what_nothing_is_called_is_not_found_and_is_no_markup(show, shop, text):
    shown = show("errors", "operations", shop, error=text, error_state="Open")
    assert not shown.exception
    assert titles(shown)[0] == "Nothing found"
    assert "No error of this list is called" in texts(shown)


def test_the_way_back_from_an_error_is_to_what_was_searched_for(show, shop, conn):
    shown = show("errors", "operations", shop, error="boom", error_state="Open")
    shown.session_state["errors_searched"] = "boom"
    shown.text_input(key="error").input(name_of(of(conn, shop, "Crash"))).run()
    assert titles(shown)[0] == "boom"
    shown = press(shown, "All errors")
    assert shown.text_input(key="error").value == "boom"
    assert [title for _, title, *_ in listed(shown)] == ["boom"]


def test_one_error_is_told_by_its_number_in_the_address(show, shop, conn):
    shown = show("errors", "operations", shop, error=name_of(of(conn, shop, "Crash")))
    assert not shown.exception
    title, _, releases, samples = titles(shown)
    assert (title, releases, samples) == ("boom", "Fails in 1.1 alone", "Its latest failures")
    assert "Crash · error" in [each.value for each in shown.caption]
    samples = shown.dataframe[1].value
    assert samples["properties"].tolist() == ['{"message": "boom"}']


@pytest.mark.parametrize("number", ["0" * 16, "f" * 16])
def test_another_number_is_no_error(show, shop, number):
    shown = show("errors", "operations", shop, error=number)
    assert not shown.exception
    assert "No error has this number" in shown.info[0].value


def test_an_error_is_resolved_in_a_version_ignored_and_opened_again(show, shop, conn):
    shown = show("errors", "operations", shop, error=name_of(of(conn, shop, "Crash")))
    shown.text_input(key="cured_in").input("1.2").run()
    shown = press(shown, "Resolve it")
    assert state_of(conn, shop, "Crash") == ("resolved", "1.2")
    assert any("Resolved in 1" in each.value for each in shown.markdown)
    shown = press(shown, "Open again")
    assert state_of(conn, shop, "Crash") == ("open", "")
    shown = press(shown, "Ignore")
    assert state_of(conn, shop, "Crash") == ("ignored", "")
    a = audit_log.c
    noted = select(a.act).where(a.act.startswith("error_group")).order_by(a.id.desc()).limit(3)
    acts = conn.execute(noted).scalars().all()
    assert acts == ["error_group.ignore", "error_group.reopen", "error_group.resolve"]


def test_a_list_has_the_errors_of_its_state(show, shop, conn):
    shown = show("errors", "operations", shop, error_state="Resolved")
    assert not shown.exception
    assert titles(shown)[0] == "No error that is resolved failed in this range"


def test_what_a_client_wrote_is_no_markup(show, project, conn, add_events):
    link = '"![x](http://evil.example/a.png)<b>"'
    add_events(project, f'ann error {at(hours=5)} properties={{"message":{link}}} error=[x](y)')
    conn.commit()
    shown = show("errors", "operations", project)
    number = name_of(of(conn, project, "[x](y)"))
    detail = show("errors", "operations", project, error=number)
    for page in (shown, detail):
        assert not page.exception
        for text in (*page.header, *page.subheader, *page.caption, *page.markdown):
            assert "](" not in text.value.replace("\\]", "").replace("\\(", "")


@pytest.mark.parametrize("query", ["errors", "failures"])
def test_every_card_shows_its_query(show, shop, query):
    shown = show("errors", "operations", shop)
    shown.session_state[f"query_{query}"] = True
    shown.run()
    assert not shown.exception
    assert f"project_id = {shop.id}" in shown.code[0].value


def test_without_a_failure_it_teaches_how_to_send_one(show, project, conn, add_events):
    add_events(project, f"ann open {at(hours=2)}")
    conn.commit()
    shown = show("errors", "operations", project)
    assert not shown.exception
    assert "first failure" not in titles(shown)
    assert "/api/v1/analytics/events" in shown.code[0].value


def test_without_an_event_it_says_what_will_be_here(show, project):
    shown = show("errors", "operations", project)
    assert "No event has arrived" in shown.info[0].value


@pytest.mark.parametrize("role", ["author", "member"])
def test_roles_without_the_field_learn_nothing(show, shop, role):
    shown = show("errors", role, shop)
    assert "does not include this page" in shown.info[0].value
    assert not shown.dataframe
