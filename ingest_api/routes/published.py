"""GET /api/v1/analytics/package/{id} and its like: what is published of public packages."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AfterValidator

from analytics.community.comparing import compare as compared
from analytics.community.packages import LONGEST
from analytics.community.trending import trending as growing
from analytics.scope import PUBLIC
from ingest_api.formats.fields import NO_NUL
from ingest_api.public.answers import Answer, PublicAnswers, in_json
from ingest_api.public.shapes import ComparisonOut, DownloadsOut, PackageOut, TrendingOut
from ingest_api.public.telling import comparison_out, downloads_out, package_out, trending_out
from ingest_api.routes.problem_docs import public_answers
from ingest_api.state import state_of

router = APIRouter(tags=["packages"])
HERE = "/api/v1/analytics"
LEAST, MOST = 2, 5  # versions that are compared

Wanted = Annotated[
    str,
    Path(min_length=1, max_length=LONGEST, description="The package's id, or its name."),
]
Days = Annotated[int, Query(ge=1, le=365, description="Whole days, up to the last published.")]


def _versions(text: str) -> str:
    named = text.split(",")
    if not LEAST <= len(named) <= MOST or not all(named):
        raise ValueError(f"{LEAST} to {MOST} versions, with a comma between them")
    return text


Versions = Annotated[
    str,
    Query(max_length=LONGEST * MOST, pattern=NO_NUL, description="2 to 5 of them: 1.1.0,1.2.0"),
    AfterValidator(_versions),
]


@router.get(HERE + "/package/{package:path}", response_model=PackageOut, responses=public_answers())
async def package(request: Request, package: Wanted, days: Days = 30) -> Response:
    """How much a package is used and how well it does, of whole days that enough people share."""
    answers = _answers(request)

    async def make() -> Answer | None:
        found = await answers.stats(package, days)
        return in_json(package_out(found)) if found else None

    return await answers.respond(request, ("package", package, days), make)


@router.get(HERE + "/packages/trending", response_model=TrendingOut, responses=public_answers())
async def trending(request: Request, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
    """The packages that grew in the last seven whole days, beyond chance, the surest first."""
    answers = _answers(request)

    async def make() -> Answer:
        return in_json(trending_out(await answers.read(lambda conn: growing(conn, PUBLIC, limit))))

    return await answers.respond(request, ("trending", limit), make)


@router.get(
    HERE + "/packages/{package:path}/downloads",
    response_model=DownloadsOut,
    responses=public_answers(),
)
async def downloads(request: Request, package: Wanted, days: Days = 30) -> Response:
    """Downloads by version, platform and installer; CI, bots and mirrors apart."""
    answers = _answers(request)

    async def make() -> Answer | None:
        found = await answers.stats(package, days)
        return in_json(downloads_out(found)) if found else None

    return await answers.respond(request, ("downloads", package, days), make)


@router.get(
    HERE + "/packages/{package:path}/compare",
    response_model=ComparisonOut,
    responses=public_answers(),
)
async def compare(
    request: Request, package: Wanted, versions: Versions, days: Days = 30
) -> Response:
    """Versions of a package side by side, each against the first with a 95 % interval."""
    answers = _answers(request)
    named = versions.split(",")

    async def make() -> Answer | None:
        found = await answers.read(lambda conn: compared(conn, PUBLIC, package, named, days))
        return in_json(comparison_out(found)) if found else None

    return await answers.respond(request, ("compare", package, versions, days), make)


def _answers(request: Request) -> PublicAnswers:
    return state_of(request).public
