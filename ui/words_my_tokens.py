"""Personal access tokens in words."""

from collections.abc import Sequence

from db.tokens import Token
from ui import words

HELP = (
    "A token calls the API in your name: `Authorization: Bearer llt_...`. It sees what you see, "
    "and ends by itself, or at once when you revoke it."
)
SCOPES = {"read": "read", "manage": "read and change"}
COPY = "Copy it now: it is not kept, and is shown this once."
REVOKED = "Revoked. It is refused from now on."
NOBODY = "Sign in first."


def finding(tokens: Sequence[Token]) -> str:
    """How many there are: "2 access tokens"."""
    return words.counted(len(tokens), "access token") if tokens else "No access token"


def about(token: Token) -> str:
    """What one is good for: "read and change, until 19 Feb 2027"."""
    return f"{SCOPES[token.scope]}, until {token.expires_at:%-d %b %Y}"
