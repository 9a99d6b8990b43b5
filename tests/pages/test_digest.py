"""The weekly digest on the Feedback page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from db import tables
from db.outbox import Letter, mark_failed, post, take_due
from db.targets import set_target
from tests.jobs.said import say
from tests.thorough import thorough

NOW = datetime.now(UTC)
MONDAY = NOW.date() - timedelta(days=NOW.weekday())
LAST_WEEK = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC) - timedelta(days=3)
HOSTILE = (
    "~~gone~~ :material/home: www.evil.example "
    "<b>bad</b> ![x](http://evil.example/x.png) $x$ [y](javascript:z)"
)


@pytest.fixture
def shop(conn, project, add_events):
    """One comment of the last week."""
    add_events(project, f"ann open {LAST_WEEK.isoformat()} platform=web")
    row = {"project_id": project.id, "actor_key": 1, "kind": "text", "comment": HOSTILE}
    row |= {"said_at": LAST_WEEK, "compound": -0.8, "sentiment": "negative", "lexicon": "1"}
    conn.execute(insert(tables.feedback).values(row))
    return project


def keep(conn, project, week, markdown):
    row = {"project_id": project.id, "week": week, "made_at": NOW, "markdown": markdown}
    conn.execute(insert(tables.digests).values(row | {"html": "", "figures": {}}))


def texts(shown, *kinds):
    kinds = kinds or ("markdown", "subheader", "caption")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(shown, kind))


def written(shown):
    return "\n".join(each.proto.body for each in shown.get("html"))


def test_the_last_week_is_shown_with_quotes_that_are_only_text(show, shop):
    shown = show("feedback", "product", shop)
    assert not shown.exception
    text = written(shown)
    assert "<li><strong>1</strong> comment (0 the week before)</li>" in text
    assert "&lt;b&gt;bad&lt;/b&gt;" in text
    assert "gone~~ :material/home:" in text.replace("\u200b", "").replace("\u2060", "")
    assert "<a " not in text
    assert "<img" not in text
    assert "evil" not in texts(shown)


@thorough
def test_an_earlier_week_is_shown_as_it_was_made(show, conn, shop):
    before = MONDAY - timedelta(days=14)
    keep(conn, shop, before, "### As it was")
    shown = show("feedback", "product", shop)
    assert "As it was" not in written(shown)
    shown.selectbox(key="digest").set_value(before.isoformat()).run()
    assert "<h3>As it was</h3>" in written(shown)
    assert "evil" not in written(shown)


def test_what_was_sent_is_listed_without_addresses(show, conn, shop):
    set_target(conn, shop.id, "team", "json://127.0.0.1/s3cret", ("digest",))
    post(conn, shop.id, "digest", "2026-03-02", Letter("Week", "a", "b"), NOW)
    due = take_due(conn, NOW)
    mark_failed(conn, due.id, "The target answered with 500.")
    shown = show("feedback", "product", shop)
    assert "The latest messages: 1 waiting" in texts(shown, "subheader")
    table = next(each.value for each in shown.dataframe if "target" in each.value)
    assert table.iloc[0]["error"] == "The target answered with 500."
    assert "s3cret" not in str(table.to_dict()) + texts(shown)


def test_a_project_in_which_nothing_was_said_lately_is_told_so(show, conn, project):
    say(conn, project, "Good", said_at=datetime.now(UTC) - timedelta(days=25))
    conn.commit()
    shown = show("feedback", "product", project)
    assert "Nothing was said in that week, nor in the week before." in written(shown)
