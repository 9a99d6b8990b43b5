"""/api/v1/organizations: setting up organisations and choosing their members."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, BaseModel, Field, StrictBool, StrictInt
from sqlalchemy import Connection

from analytics.community.assumptions import OF_ORGANISATION
from analytics.scope import Viewer
from db import members, organisations
from db.organisations import LONGEST_NAME, MOST_SEATS, Organisation
from ingest_api.formats.fields import Name
from ingest_api.managing import (
    Sent,
    Uid,
    check_role,
    key_of_user,
    managing,
    on_organisation,
    organisations_to_change,
    project_to_fill,
)
from ingest_api.routes.problem_docs import documented_body, problems
from ingest_api.taking_part import UserId, sent_as

router = APIRouter(tags=["organizations"])
ONE, MEMBERS = (f"/api/v1/organizations/{{id}}{rest}" for rest in ("", "/members"))
OrganisationName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Seats = Annotated[StrictInt, Field(ge=1, le=MOST_SEATS)]
Role = Literal["owner", "admin", "member"]


def _of_an_organisation(name: str) -> str:
    if name not in OF_ORGANISATION:
        raise ValueError(f"there are {', '.join(OF_ORGANISATION)}")
    return name


AssumptionName = Annotated[
    str,
    AfterValidator(_of_an_organisation),
    Field(json_schema_extra={"enum": list(OF_ORGANISATION)}),
]


class Cases(Sent):
    """An assumption as three numbers that rise."""

    low: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    likely: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    high: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class OrganisationIn(Sent):
    """An organisation to set up."""

    project: Name = Field(description="The name of the project that its runs go to.")
    name: OrganisationName
    seats: Seats
    leaderboard: StrictBool = False


class OrganisationChange(Sent):
    """What changes of an organisation; what is left out stays."""

    name: OrganisationName | None = None
    seats: Seats | None = None
    leaderboard: StrictBool | None = None
    assumptions: dict[AssumptionName, float | Cases] | None = Field(
        None, description="What its return is reckoned with; they replace all that were there."
    )


class MemberIn(Sent):
    """Somebody to take in, or to change: as they are from now on."""

    user_id: UserId = Field(description="As the product sends it; only a keyed hash is stored.")
    username: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    role: Role = "member"
    team: Annotated[str, Field(max_length=LONGEST_NAME)] = ""


class OrganisationOut(BaseModel):
    """An organisation; its id is what addresses carry."""

    id: UUID
    name: str
    seats: int
    leaderboard: bool
    assumptions: dict[str, Any]
    created_at: datetime


class Organisations(BaseModel):
    """The organisations that the token's person may change."""

    organizations: list[OrganisationOut]


class MemberOut(BaseModel):
    """A member; `listed` says whether they agreed to stand in the leaderboard."""

    username: str
    role: str
    team: str
    listed: bool
    joined_at: datetime


class Members(BaseModel):
    """The members of an organisation, by name."""

    members: list[MemberOut]


@router.post(
    "/api/v1/organizations",
    response_model=OrganisationOut,
    responses=problems(404, 409),
    openapi_extra=documented_body(OrganisationIn),
)
async def make_organisation(request: Request) -> OrganisationOut:
    """Set up an organisation; needs an administrator's token of scope manage."""
    manager = await managing(request)
    sent = await sent_as(OrganisationIn, request)

    def make(conn: Connection, seen: Viewer) -> Organisation:
        project_id = project_to_fill(conn, seen, sent.project)
        return organisations.create_organisation(
            conn, project_id, sent.name, sent.seats, leaderboard=sent.leaderboard
        )

    return _out(await manager.do(make))


@router.get("/api/v1/organizations", response_model=Organisations, responses=problems())
async def list_organisations(request: Request) -> Organisations:
    """The organisations that the token's person may change: as an owner or admin of them."""
    manager = await managing(request, "read")
    found = await manager.do(organisations_to_change)
    return Organisations(organizations=[_out(each) for each in found])


@router.put(
    ONE,
    response_model=OrganisationOut,
    responses=problems(404, 409),
    openapi_extra=documented_body(OrganisationChange),
)
async def change_organisation(request: Request, uid: Uid) -> OrganisationOut:
    """Change its name, seats, leaderboard or assumptions."""
    manager = await managing(request)
    sent = await sent_as(OrganisationChange, request)

    def change(conn: Connection, found: Organisation) -> Organisation:
        return organisations.change_organisation(conn, found.id, **sent.model_dump())

    return _out(await manager.do(on_organisation(uid, change)))


@router.get(MEMBERS, response_model=Members, responses=problems(404))
async def list_members(request: Request, uid: Uid) -> Members:
    """The members of an organisation: who they are there, and not what they did."""
    manager = await managing(request, "read")
    return await manager.do(on_organisation(uid, _members))


@router.post(
    MEMBERS,
    response_model=Members,
    responses=problems(404),
    openapi_extra=documented_body(MemberIn),
)
async def set_member(request: Request, uid: Uid) -> Members:
    """Take somebody in, or change who is a member; owners are made and unmade by owners."""
    manager = await managing(request)
    sent = await sent_as(MemberIn, request)

    def keep(conn: Connection, found: Organisation) -> Members:
        key = key_of_user(conn, found.project_id, sent.user_id)
        check_role(conn, manager.viewer, found, key, sent.role)
        members.set_member(conn, found.id, key, sent.username, role=sent.role, team=sent.team)
        return _members(conn, found)

    return await manager.do(on_organisation(uid, keep))


@router.delete(MEMBERS, response_model=Members, responses=problems(404))
async def remove_member(request: Request, uid: Uid, user_id: Annotated[UserId, Query()]) -> Members:
    """Let a member go; what they ran for the organisation stays its own."""
    manager = await managing(request)

    def let_go(conn: Connection, found: Organisation) -> Members:
        key = key_of_user(conn, found.project_id, user_id)
        check_role(conn, manager.viewer, found, key, "")
        members.remove_member(conn, found.id, key)
        return _members(conn, found)

    return await manager.do(on_organisation(uid, let_go))


def _members(conn: Connection, found: Organisation) -> Members:
    known = members.list_members(conn, found.id)
    shown = MemberOut.model_fields
    return Members(
        members=[MemberOut(**{name: getattr(each, name) for name in shown}) for each in known]
    )


def _out(found: Organisation) -> OrganisationOut:
    return OrganisationOut(
        id=found.uid,
        name=found.name,
        seats=found.seats,
        leaderboard=found.leaderboard,
        assumptions=found.assumptions,
        created_at=found.created_at,
    )
