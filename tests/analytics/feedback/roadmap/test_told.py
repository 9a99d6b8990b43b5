"""What was shipped, and how many were told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from analytics.feedback.roadmap import told, told_sql
from analytics.feedback.roadmap.told import TOLD
from analytics.scope import PUBLIC
from analytics.showing import shown
from db import tables
from tests.analytics.reference import anyone

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def shop(conn, project):
    """Two shipped requests, of which one told three people (one saw it) and one of two targets; one
    that is open and one that was declined."""
    ours = {"project_id": project.id, "actor_key": 1, "asked_at": NOW}
    ids = [
        conn.execute(
            insert(tables.requests)
            .values(ours | {"external_id": title, "title": title, "state": state, "shipped_at": at})
            .returning(tables.requests.c.id)
        ).scalar_one()
        for title, state, at in (
            ("fast", "shipped", NOW),
            ("dark", "shipped", NOW + timedelta(days=1)),
            ("open", "open", None),
            ("invoice", "declined", None),
        )
    ]
    for actor, seen in ((1, NOW), (2, None), (3, None)):
        notice = {"project_id": project.id, "actor_key": actor, "request_id": ids[0]}
        conn.execute(insert(tables.notices).values(notice | {"seen_at": seen}))
    for name, kind, sent in (("a", "shipped", NOW), ("b", "shipped", None), ("c", "digest", NOW)):
        place = {"project_id": project.id, "name": name, "address": "x", "kinds": [kind]}
        target = insert(tables.targets).values(place).returning(tables.targets.c.id)
        message = {
            "project_id": project.id,
            "target_id": conn.execute(target).scalar_one(),
            "kind": kind,
            "about": str(ids[0]),
            "title": "",
            "markdown": "",
            "html": "",
            "sent_at": sent,
        }
        conn.execute(insert(tables.messages).values(message))
    return project


def test_it_counts_notices_and_messages_of_each_request_that_is_closed(conn, shop):
    rows = told(conn, anyone(shop), shop.id)
    counts = rows[["title", "told", "seen", "messages", "sent"]]
    assert counts.values.tolist() == [
        ["dark", 0, 0, 0, 0],
        ["fast", 3, 1, 2, 1],
        ["invoice", 0, 0, 0, 0],
    ]
    assert rows["state"].tolist() == ["shipped", "shipped", "declined"]


def test_the_query_that_is_shown_gives_the_same(conn, shop):
    rows = conn.execute(text(shown(told_sql(anyone(shop), shop.id)).replace(":", "\\:"))).all()
    assert [(row.title, row.told) for row in rows] == [
        ("dark", 0),
        ("fast", 3),
        ("invoice", 0),
    ]


def test_a_stranger_gets_the_columns_alone(conn, shop):
    found = told(conn, PUBLIC, shop.id)
    assert found.empty
    assert found.dtypes.astype(str).to_dict() == TOLD
