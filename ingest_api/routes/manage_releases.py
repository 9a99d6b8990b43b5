"""/api/v1/packages/{id}/versions and /authors: releases of a package, and who wrote it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from analytics.community.authority import may_register
from db import package_authors, package_versions
from db.packages import LONGEST_NAME, Package
from ingest_api.formats.fields import NO_NUL, Moment
from ingest_api.managing import Sent, Uid, managing, on_package
from ingest_api.routes.problem_docs import documented_body, problems
from ingest_api.taking_part import sent_as

router = APIRouter(tags=["packages"])
VERSIONS, AUTHORS = (f"/api/v1/packages/{{id}}/{rest}" for rest in ("versions", "authors"))
Version = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=NO_NUL)]
Email = Annotated[str, Field(min_length=3, max_length=254, pattern=NO_NUL)]


class VersionIn(Sent):
    """A released version; said again, it is corrected."""

    version: Version
    released_at: Moment | None = Field(None, description="Now if it is left out.")


class AuthorIn(Sent):
    """Who wrote the package."""

    email: Email


class VersionOut(BaseModel):
    """A version that was released."""

    version: str
    released_at: datetime


class Versions(BaseModel):
    """The versions of a package, the newest first."""

    versions: list[VersionOut]


class Authors(BaseModel):
    """The addresses of a package's authors."""

    authors: list[str]


@router.get(VERSIONS, response_model=Versions, responses=problems(404))
async def list_versions(request: Request, uid: Uid) -> Versions:
    """The released versions of a package, the newest first."""
    manager = await managing(request, "read")
    return await manager.do(on_package(uid, _versions))


@router.post(
    VERSIONS,
    response_model=Versions,
    responses=problems(404),
    openapi_extra=documented_body(VersionIn),
)
async def release_version(request: Request, uid: Uid) -> Versions:
    """Note that a version was released; for a release step of a CI."""
    manager = await managing(request)
    sent = await sent_as(VersionIn, request)

    def keep(conn: Connection, found: Package) -> Versions:
        package_versions.release(conn, found.id, sent.version, sent.released_at)
        return _versions(conn, found)

    return await manager.do(on_package(uid, keep))


@router.delete(VERSIONS, response_model=Versions, responses=problems(404))
async def withdraw_version(
    request: Request, uid: Uid, version: Annotated[Version, Query()]
) -> Versions:
    """Forget that a version was released; nothing happens if it was not."""
    manager = await managing(request)

    def forget(conn: Connection, found: Package) -> Versions:
        package_versions.withdraw(conn, found.id, version)
        return _versions(conn, found)

    return await manager.do(on_package(uid, forget))


@router.get(AUTHORS, response_model=Authors, responses=problems(404))
async def list_authors(request: Request, uid: Uid) -> Authors:
    """The authors of a package."""
    manager = await managing(request, "read")
    return await manager.do(on_package(uid, _authors))


@router.post(
    AUTHORS,
    response_model=Authors,
    responses=problems(404),
    openapi_extra=documented_body(AuthorIn),
)
async def add_author(request: Request, uid: Uid) -> Authors:
    """Make somebody an author, whether they may sign in yet or not; twice counts once."""
    manager = await managing(request)
    sent = await sent_as(AuthorIn, request)

    def keep(conn: Connection, found: Package) -> Authors:
        package_authors.add_author(conn, found.id, sent.email)
        return _authors(conn, found)

    return await manager.do(on_package(uid, keep))


@router.delete(AUTHORS, response_model=Authors, responses=problems(404))
async def remove_author(request: Request, uid: Uid, email: Annotated[Email, Query()]) -> Authors:
    """Make somebody an author no more; nothing happens if they were none.

    The last author is taken away by administrators alone.
    """
    manager = await managing(request)
    may_be_last = may_register(manager.viewer)

    def forget(conn: Connection, found: Package) -> Authors:
        package_authors.remove_author(conn, found.id, email, may_be_last=may_be_last)
        return _authors(conn, found)

    return await manager.do(on_package(uid, forget))


def _versions(conn: Connection, found: Package) -> Versions:
    known = package_versions.list_versions(conn, found.id)
    return Versions(versions=[VersionOut.model_validate(asdict(each)) for each in known])


def _authors(conn: Connection, found: Package) -> Authors:
    return Authors(authors=package_authors.list_authors(conn, found.id))
