"""Feedback as it is before the jobs have read it."""

from datetime import UTC, datetime

from sqlalchemy import insert

from db.tables import feedback, requests

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


def say(conn, project, comment, **more):
    """Store a comment, which waits for its score; its id."""
    row = {"project_id": project.id, "actor_key": 1, "kind": "text", "said_at": NOON}
    written = insert(feedback).values(row | {"comment": comment} | more)
    return conn.execute(written.returning(feedback.c.id)).scalar_one()


def ask_for(conn, project, title, **more):
    """Store a request; its id."""
    row = {"project_id": project.id, "actor_key": 1, "title": title, "asked_at": NOON} | more
    return conn.execute(insert(requests).values(row).returning(requests.c.id)).scalar_one()
