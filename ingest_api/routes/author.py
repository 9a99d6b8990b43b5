"""GET /api/v1/analytics/author/me: what is published of one's own packages."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from analytics.community.author.portrait import findings
from ingest_api.private.answers import Days
from ingest_api.private.author import AuthorOut, author_out
from ingest_api.routes.problem_docs import problems
from ingest_api.state import state_of
from ingest_api.tokens import viewer

router = APIRouter(tags=["packages"])


@router.get("/api/v1/analytics/author/me", response_model=AuthorOut, responses=problems())
async def read_my_packages(request: Request, days: Days = 30) -> Response:
    """The packages that the token's person is an author of, and what stands out of each."""
    seen = await viewer(request)

    def find(conn: Connection) -> AuthorOut:
        return author_out(findings(conn, seen, days), days)

    key = ("author", seen.packages, days)
    return await state_of(request).private.respond(key, find, published=True)
