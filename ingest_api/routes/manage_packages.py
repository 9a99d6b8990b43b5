"""/api/v1/packages: registering and describing packages."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StrictBool
from sqlalchemy import Connection

from analytics.scope import Viewer
from db import packages
from db.packages import LONGEST_NAME, LONGEST_SUMMARY, Package
from ingest_api.formats.fields import Name
from ingest_api.managing import (
    Sent,
    Uid,
    managing,
    on_package,
    packages_to_change,
    project_to_fill,
)
from ingest_api.routes.problem_docs import documented_body, problems
from ingest_api.taking_part import sent_as

router = APIRouter(tags=["packages"])
PackageName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Summary = Annotated[str, Field(max_length=LONGEST_SUMMARY)]


class PackageIn(Sent):
    """A package to register."""

    project: Name = Field(description="The name of the project that its runs go to.")
    name: PackageName
    summary: Summary = ""
    public: StrictBool = False


class PackageChange(Sent):
    """What changes of a package; what is left out stays."""

    name: PackageName | None = None
    summary: Summary | None = None
    public: StrictBool | None = None


class PackageOut(BaseModel):
    """A package; its id is what addresses carry."""

    id: UUID
    name: str
    summary: str
    public: bool
    created_at: datetime


class Packages(BaseModel):
    """The packages that the token's person may change."""

    packages: list[PackageOut]


@router.post(
    "/api/v1/packages",
    response_model=PackageOut,
    responses=problems(404, 409),
    openapi_extra=documented_body(PackageIn),
)
async def register_package(request: Request) -> PackageOut:
    """Register a package; needs an administrator's token of scope manage."""
    manager = await managing(request)
    sent = await sent_as(PackageIn, request)

    def make(conn: Connection, seen: Viewer) -> Package:
        project_id = project_to_fill(conn, seen, sent.project)
        return packages.create_package(
            conn, project_id, sent.name, sent.summary, is_public=sent.public
        )

    return _out(await manager.do(make))


@router.get("/api/v1/packages", response_model=Packages, responses=problems())
async def list_packages(request: Request) -> Packages:
    """The packages that the token's person may change: an author's own, an administrator's all."""
    manager = await managing(request, "read")
    found = await manager.do(packages_to_change)
    return Packages(packages=[_out(each) for each in found])


@router.put(
    "/api/v1/packages/{id}",
    response_model=PackageOut,
    responses=problems(404, 409),
    openapi_extra=documented_body(PackageChange),
)
async def change_package(request: Request, uid: Uid) -> PackageOut:
    """Rename or describe a package, or let everybody see what is published of it."""
    manager = await managing(request)
    sent = await sent_as(PackageChange, request)

    def change(conn: Connection, found: Package) -> Package:
        return packages.change_package(
            conn, found.id, name=sent.name, summary=sent.summary, is_public=sent.public
        )

    return _out(await manager.do(on_package(uid, change)))


def _out(found: Package) -> PackageOut:
    return PackageOut(
        id=found.uid,
        name=found.name,
        summary=found.summary,
        public=found.is_public,
        created_at=found.created_at,
    )
