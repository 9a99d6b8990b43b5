"""GET /api/v1/analytics/author/me: what is published of one's own packages."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from analytics.community.author.history import History, histories
from analytics.community.author.portrait import findings_of
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

    def read(conn: Connection, days: int) -> list[History]:
        return histories(conn, seen, days)

    def tell(found: list[History], days: int) -> AuthorOut:
        return author_out(findings_of(found, days), days)

    key = ("author", seen.packages)
    return await state_of(request).private.respond_published(key, days, read, tell)
