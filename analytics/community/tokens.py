"""The personal access tokens of whoever asks."""

from sqlalchemy import Connection

from analytics.scope import Viewer
from db.tokens import Token, list_tokens


def my_tokens(conn: Connection, viewer: Viewer) -> list[Token]:
    """The viewer's tokens that still work, the newest first; none of a stranger."""
    return [] if viewer.person_id is None else list_tokens(conn, viewer.person_id)
