"""The register of hypotheses: what it lists, in which order, and what each is linked to."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text, update

from analytics.feedback.hypotheses import register, register_sql
from analytics.feedback.hypotheses.register import REGISTER
from analytics.scope import PUBLIC
from analytics.showing import shown
from db import tables
from db.annotations import Draft as Note
from db.annotations import annotate
from db.hypotheses import Draft, propose, set_hypothesis_state
from tests.analytics.reference import anyone

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def shop(conn, project):
    """One about a theme and shipped, one about a request, one that was refuted."""
    theme = {"project_id": project.id, "kind": "pain", "name": "slow", "terms": {}, "found_at": NOW}
    request = {"project_id": project.id, "actor_key": 1, "title": "Faster", "asked_at": NOW}
    about = {
        "theme_id": conn.execute(insert(tables.themes).values(theme).returning(tables.themes.c.id)),
        "request_id": conn.execute(
            insert(tables.requests).values(request).returning(tables.requests.c.id)
        ),
    }
    ids = {name: made.scalar_one() for name, made in about.items()}
    note = annotate(conn, project.id, Note("release", "Version 2", at=NOW - timedelta(days=3)))
    drafts = [
        Draft("first", "actors", 0.1, theme_id=ids["theme_id"], annotation_id=note.id),
        Draft("second", "events", -0.1, guardrails=("actors",), request_id=ids["request_id"]),
        Draft("third", "events", 0.2, event="open", experiment="blue"),
    ]
    made = [propose(conn, project.id, draft) for draft in drafts]
    for place, hypothesis in enumerate(made):
        at = NOW + timedelta(hours=place)
        which = tables.hypotheses.c.id == hypothesis
        conn.execute(update(tables.hypotheses).where(which).values(created_at=at))
    set_hypothesis_state(conn, project.id, made[0], "shipped", NOW)
    set_hypothesis_state(conn, project.id, made[2], "refuted", NOW)
    return project


def test_the_open_ones_come_first_and_of_each_the_latest(conn, shop):
    assert register(conn, anyone(shop), shop.id)["statement"].tolist() == [
        "second",
        "first",
        "third",
    ]


def test_each_says_what_it_is_about_and_since_when_it_is_shipped(conn, shop):
    second, first, third = register(conn, anyone(shop), shop.id).to_dict("records")
    assert (second["about"], second["guardrails"]) == ("Faster", ["actors"])
    assert (first["about"], first["release"]) == ("slow", "Version 2")
    assert first["shipped_at"] == NOW - timedelta(days=3)
    assert second["shipped_at"] != second["shipped_at"]
    assert (third["event"], third["subject"], third["experiment"]) == ("open", "", "blue")


def test_the_query_that_is_shown_gives_the_same(conn, shop):
    query = shown(register_sql(anyone(shop), shop.id)).replace(":", "\\:")
    rows = conn.execute(text(query)).all()
    found = register(conn, anyone(shop), shop.id)
    assert [row.id for row in rows] == found["id"].tolist()


def test_a_stranger_gets_the_columns_alone(conn, shop):
    found = register(conn, PUBLIC, shop.id)
    assert found.empty
    assert found.dtypes.astype(str).to_dict() == REGISTER
