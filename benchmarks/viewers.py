"""Signed-in administrators for the measurements of the dashboard."""

from sqlalchemy import URL

from db.access import accept_invite, invite
from db.engine import make_engine

COOKIE = "looplens_session"


def session_token(url: URL) -> str:
    """The token of a new sign-in."""
    return session_tokens(url, 1)[0]


def session_tokens(url: URL, people: int) -> list[str]:
    """The tokens of new sign-ins of so many people."""
    engine = make_engine(url)
    with engine.begin() as conn:
        invited = [invite(conn, f"bench{who}@looplens.example", "admin") for who in range(people)]
        tokens = [accept_invite(conn, link) for link in invited]
    engine.dispose()
    return tokens
