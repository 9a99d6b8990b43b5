"""The Live page as people of each role see it."""

from datetime import UTC, datetime, timedelta

import pytest


def ago(seconds):
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


@pytest.fixture
def shop(conn, project, add_events):
    """Two people now, one of whom fails."""
    add_events(
        project,
        f"ann open {ago(60)} country=DE subject=home",
        f"bob error {ago(30)} subject=editor error=Crash",
    )
    conn.commit()
    return project


def titles(shown):
    return [each.value for each in shown.subheader]


@pytest.mark.parametrize("role", ["admin", "executive", "product", "operations"])
def test_it_tells_who_is_there_and_what_fails(show, shop, role):
    shown = show("live", role, shop)
    assert not shown.exception
    told = {each.label: each.value for each in shown.metric}
    assert (told["People now"], told["Events, 5 min"], told["Failures, 5 min"]) == ("2", "2", "1")
    course, newest, failing, places = titles(shown)
    assert course == "2 events in five minutes, of 2 people"
    assert newest == "Last came error of editor"
    assert failing == "editor failed 1 time"
    assert places == "Germany leads with 50.0% of people active now"


def test_what_is_shown_names_nobody(show, shop):
    newest = show("live", "operations", shop).dataframe[0].value
    assert set(newest.columns) <= {"at", "name", "subject", "platform", "country", "ok"}


@pytest.mark.parametrize("query", ["live_course", "live_newest", "live_failing", "live_map"])
def test_every_card_shows_its_query(show, shop, conn, query):
    shown = show("live", "operations", shop)
    shown.session_state[f"query_{query}"] = True
    shown.run()
    assert not shown.exception
    text = shown.code[0].value
    assert f"project_id = {shop.id}" in text
    conn.exec_driver_sql(text.replace("%", "%%")).all()


def test_a_quiet_project_says_that_it_is(show, project, conn, add_events):
    add_events(project, f"ann open {ago(4000)}")
    conn.commit()
    shown = show("live", "operations", project)
    assert not shown.exception
    assert titles(shown)[0] == "Nothing happened in the last five minutes"
    assert "is shown here within seconds" in shown.caption[0].value


def test_without_an_event_it_says_what_will_be_here(show, project):
    assert "No event has arrived" in show("live", "operations", project).info[0].value


@pytest.mark.parametrize("role", ["author", "member"])
def test_roles_without_the_field_learn_nothing(show, shop, role):
    shown = show("live", role, shop)
    assert "does not include this page" in shown.info[0].value
    assert not shown.metric
