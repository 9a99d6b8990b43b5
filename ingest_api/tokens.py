"""Who is asking in their own name: personal access tokens, looked up at every request.

A token is not remembered: it ends at once when it is revoked, and so does what its person may see.
"""

from sqlalchemy import Engine
from starlette.requests import Request

from analytics.scope import Viewer, viewer_as
from db.audit import act_as
from db.security import count
from db.tokens import holder_of
from ingest_api.asking import asked
from ingest_api.problems import Problem
from ingest_api.state import state_of

PREFIX = "llt_"
MISSING = "Send a personal access token as Authorization: Bearer."
UNKNOWN = "This token is not known, has expired, or was revoked."


async def viewer(request: Request, scope: str = "read") -> Viewer:
    """The person whose token the request carries; raises Problem 401, 403 and 429."""
    state = state_of(request)
    token = token_in(request)
    if not token:
        raise Problem(401, MISSING)
    held = await asked(_look_up, state.engine, token)
    if held is None:
        count("unknown_token")
        raise Problem(401, UNKNOWN)
    seen, its_scope = held
    act_as("api", seen.person_id)
    state.limits.check_person(seen.person_id or 0)
    if scope == "manage" and its_scope != "manage":
        count("wrong_scope")
        raise Problem(403, "This token may read; the request needs one of scope manage.")
    return seen


def token_in(request: Request) -> str:
    """The personal access token that the request carries, '' when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token.startswith(PREFIX) else ""


def _look_up(engine: Engine, token: str) -> tuple[Viewer, str] | None:
    reading = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with reading as conn:
        held = holder_of(conn, token)
        return None if held is None else (viewer_as(conn, held.person), held.scope)
