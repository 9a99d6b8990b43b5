"""What colleagues say of the pages of the dashboard."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from analytics.feedback.page_ratings import OPINIONS, page_opinions, page_opinions_sql
from analytics.scope import PUBLIC
from db import tables
from db.access import ensure_person
from tests.analytics.feedback.reference import answer, wilson
from tests.analytics.reference import anyone

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def rated(conn, project, berlin):
    """Two pages with opinions of this project's people, and of one from another project."""
    for number, (page, helpful, comment) in enumerate(
        [("trends", True, "old"), ("trends", False, "<b>new"), ("trends", True, "")]
        + [("funnels", False, "")] * 4
    ):
        person = ensure_person(conn, f"p{number}@example.org", "product", (project.id,))
        _rate(conn, person, page, helpful, comment, NOON + timedelta(hours=number))
    other = ensure_person(conn, "other@example.org", "product", (berlin.id,))
    _rate(conn, other, "trends", False, "theirs", NOON + timedelta(days=1))
    return project


def _rate(conn, person, page, helpful, comment, at):
    said = {"person_id": person, "page": page, "helpful": helpful, "comment": comment}
    conn.execute(insert(tables.page_ratings).values(said | {"said_at": at}))


def test_the_least_helpful_page_comes_first_with_its_latest_comment(conn, rated):
    rows = page_opinions(conn, anyone(rated), rated.id).to_dict("records")
    assert [(row["page"], row["n"], row["latest"]) for row in rows] == [
        ("funnels", 4, ""),
        ("trends", 3, "<b>new"),
    ]
    assert rows[1]["helpful"] == pytest.approx(2 / 3)
    assert (rows[1]["low"], rows[1]["high"]) == pytest.approx(wilson(2, 3))


def test_the_statement_gives_the_same_rows(conn, rated):
    rows = answer(conn, page_opinions_sql(anyone(rated), rated.id)).astype(OPINIONS)
    assert rows.equals(page_opinions(conn, anyone(rated), rated.id))


def test_strangers_and_roles_without_the_field_learn_nothing(conn, rated):
    for viewer in (PUBLIC, anyone(rated, role="operations")):
        assert page_opinions(conn, viewer, rated.id).empty
