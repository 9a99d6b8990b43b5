"""An empty project: each page says once what it will show, and where to begin."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.jobs.said import say

PAGES = ("executive", "trends", "retention", "lifecycle", "versions")
REPEATED = ("Nothing was recorded", "Nobody", "No answers", "No comment")


def said(shown):
    """Everything that the page says."""
    parts = [*shown.info, *shown.caption, *shown.subheader, *shown.markdown]
    return [part.value for part in parts]


@pytest.mark.parametrize("page", PAGES)
def test_without_any_event_a_page_says_once_what_it_will_show(show, project, page):
    shown = show(page, "admin", project)
    assert not shown.exception
    assert [info.value.partition(". ")[0] for info in shown.info] == [
        "No event has arrived in this project yet"
    ]
    assert not any(text.startswith(REPEATED) for text in said(shown))
    assert "Send a first event" in [link.proto.label for link in shown.get("page_link")]


@pytest.mark.parametrize("page", PAGES)
def test_with_events_outside_of_the_range_a_page_shows_its_cards(
    show, conn, project, add_events, page
):
    long_ago = datetime.now(UTC) - timedelta(days=300)
    add_events(project, f"ann open {long_ago:%Y-%m-%dT%H:%MZ} platform=web app_version=1")
    conn.commit()
    shown = show(page, "admin", project, range="7d")
    assert not shown.exception
    assert not shown.info
    assert any(text.startswith("Nothing was recorded") for text in said(shown))


def test_without_any_feedback_the_page_says_so_once_and_how_to_get_some(show, project):
    shown = show("feedback", "product", project)
    assert not shown.exception
    assert [text for text in said(shown) if text.startswith(REPEATED)] == [shown.info[0].value]
    assert "POST /api/v1/feedback" in shown.info[0].value
    assert not shown.metric
    assert "Ask something in a survey" in [link.proto.label for link in shown.get("page_link")]


def test_comments_without_a_score_are_something_said(show, conn, project):
    say(conn, project, "Das ist schön", said_at=datetime.now(UTC) - timedelta(hours=1))
    conn.commit()
    shown = show("feedback", "product", project)
    assert not shown.info
    assert "Das ist schön" in [text.value for text in shown.text]
