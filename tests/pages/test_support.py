"""The Support page as people of each role see it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from db.tables import tickets
from tests.pages.reading import figures, texts

NOW = datetime.now(UTC)


@pytest.fixture
def helped(conn, project):
    """Four tickets of the last days: three answered within minutes, two solved, one rated."""
    for number in range(4):
        opened = NOW - timedelta(days=number + 1)
        row = {"ticket_id": f"t{number}", "opened_at": opened, "updated_at": opened}
        row |= {"topic": "billing" if number else "bug", "project_id": project.id}
        if number:
            row |= {"first_response_at": opened + timedelta(minutes=10 * number)}
        if number > 1:
            row |= {"resolved_at": opened + timedelta(hours=2), "csat": 5}
        conn.execute(insert(tickets).values(row))
    conn.commit()
    return project


@pytest.mark.parametrize("role", ["admin", "executive", "product", "operations"])
def test_it_says_how_many_ask_and_how_soon_they_are_helped(show, helped, role):
    shown = show("support", role, helped)
    assert not shown.exception
    told = figures(shown)
    assert (told["Tickets"], told["Backlog"]) == ("4", "2")
    assert told["First response"] == "20.0 min"
    assert told["Support CSAT"] == "100.0%"
    titles = [each.value for each in shown.subheader]
    assert titles[0] == "4 opened, 2 resolved: the backlog grew from 0 to 2"
    assert "2 tickets are open" in titles
    assert "billing makes 75% of tickets" in titles


def test_the_reader_chooses_what_tickets_are_told_by(show, helped):
    shown = show("support", "operations", helped, by="Priority")
    assert "normal makes 100% of tickets" in [each.value for each in shown.subheader]


@pytest.mark.parametrize("card", ["load", "first_response", "backlog", "tickets_by"])
def test_a_query_runs_as_it_is_shown(show, helped, conn, card):
    shown = show("support", "operations", helped)
    shown.session_state[f"query_{card}"] = True
    shown.run()
    assert not shown.exception
    assert conn.exec_driver_sql(shown.code[0].value.replace("%", "%%")).all()


def test_without_tickets_it_shows_how_to_send_the_first(show, conn, project):
    conn.commit()
    shown = show("support", "operations", project)
    assert not shown.exception
    assert "No request for help is known yet" in texts(shown)
    assert "/api/v1/support/tickets" in shown.code[0].value


def test_a_topic_is_text_however_it_is_spelled(show, conn, project):
    evil = "<img src=x> [a](http://x) :material/home:"
    row = {"ticket_id": "t", "opened_at": NOW - timedelta(days=1), "updated_at": NOW}
    conn.execute(insert(tickets).values(row | {"topic": evil, "project_id": project.id}))
    conn.commit()
    shown = show("support", "operations", project)
    assert not shown.exception
    titles = [each.value for each in shown.subheader]
    (title,) = [each for each in titles if "img" in each]
    assert "\\<img" in title
    assert "\\]\\(" in title
