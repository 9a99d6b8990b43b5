"""GET /api/v1/analytics/user/me and /organization/{id}: what is one's own, and one's team's."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from analytics.community.organisation import organisation_usage
from analytics.community.person import my_usage
from db.errors import UnknownOrganisation
from ingest_api.managing import Uid
from ingest_api.private.answers import Days
from ingest_api.private.shapes import MyUsage, OrganisationOut, my_usage_out, organisation_out
from ingest_api.routes.problem_docs import problems
from ingest_api.state import state_of
from ingest_api.tokens import viewer

router = APIRouter(tags=["usage"])
HERE = "/api/v1/analytics"


@router.get(HERE + "/user/me", response_model=MyUsage, responses=problems())
async def read_my_usage(request: Request, days: Days = 30) -> Response:
    """What the person of the token ran; nobody else's numbers are in it."""
    seen = await viewer(request)

    def find(conn: Connection) -> MyUsage:
        return my_usage_out(my_usage(conn, seen, days, datetime.now(UTC)))

    return await state_of(request).private.respond(("me", seen.actors, days), find)


@router.get(HERE + "/organization/{id}", response_model=OrganisationOut, responses=problems(404))
async def read_organisation(request: Request, uid: Uid, days: Days = 30) -> Response:
    """What is published of an organisation that the token's person is the owner or an admin of."""
    seen = await viewer(request)

    def find(conn: Connection) -> OrganisationOut | None:
        found = organisation_usage(conn, seen, uid, days, before=False)
        return organisation_out(found) if found else None

    key = ("organisation", uid, seen.organisations, days)
    missing = str(UnknownOrganisation())
    return await state_of(request).private.respond(key, find, missing, published=True)
