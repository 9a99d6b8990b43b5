"""A signed-in administrator for the measurements of the dashboard."""

from sqlalchemy import URL

from db.access import accept_invite, invite
from db.engine import make_engine

COOKIE = "looplens_session"


def session_token(url: URL) -> str:
    """The token of a new sign-in."""
    engine = make_engine(url)
    with engine.begin() as conn:
        token = accept_invite(conn, invite(conn, "bench@looplens.example", "admin"))
    engine.dispose()
    return token
