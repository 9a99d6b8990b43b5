"""Accounts that were closed: after thirty days nobody can tell whose they were."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from db.accounts import actors_of, closed_before, make_nobodys
from db.erasures import ask_erasure

KEPT = timedelta(days=30)


def anonymise_closed(conn: Connection, now: datetime) -> int:
    """Have who closed their account that long ago erased in every project; returns how many.

    What asks for an erasure is written with what makes the account nobody's: both, or neither.
    """
    past = closed_before(conn, now - KEPT)
    for person_id in past:
        for project_id, actor_key in actors_of(conn, person_id):
            ask_erasure(conn, project_id, actor_key)
        make_nobodys(conn, person_id)
    return len(past)
