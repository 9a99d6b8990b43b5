"""GET /badge/{package}/{metric}.svg and /card/{package}.svg: pictures for other people's pages."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from analytics.community.packages import PackageStats
from ingest_api.public.answers import Answer, as_svg
from ingest_api.public.drawing import Theme, badge, card
from ingest_api.public.figures import DAYS, Metric, figure, lines, shortened
from ingest_api.routes.problem_docs import public_answers
from ingest_api.routes.published import Wanted
from ingest_api.state import state_of

router = APIRouter(tags=["packages"])
SOURCE = f"The last {DAYS} days, as whole days of five people or more"
PICTURE: dict[int | str, Any] = public_answers() | {200: {"content": {"image/svg+xml": {}}}}
Themed = Annotated[Theme, Query(description="The ground that it will stand on.")]


@router.head("/badge/{package:path}/{metric}.svg", include_in_schema=False)
@router.get("/badge/{package:path}/{metric}.svg", response_class=Response, responses=PICTURE)
async def draw_badge(
    request: Request, package: Wanted, metric: Metric, theme: Themed = "light"
) -> Response:
    """One figure of a public package as a badge."""
    answers = state_of(request).public

    async def make() -> Answer | None:
        found = await answers.stats(package, DAYS)
        return as_svg(badge(*figure(found, metric), theme)) if found else None

    return await answers.respond(request, ("badge", package, metric, theme), make)


@router.head("/card/{package:path}.svg", include_in_schema=False)
@router.get("/card/{package:path}.svg", response_class=Response, responses=PICTURE)
async def draw_card(request: Request, package: Wanted, theme: Themed = "light") -> Response:
    """What is known of a public package, on a card."""
    answers = state_of(request).public

    async def make() -> Answer | None:
        found = await answers.stats(package, DAYS)
        return as_svg(_card(found, theme)) if found else None

    return await answers.respond(request, ("card", package, theme), make)


def _card(stats: PackageStats, theme: Theme) -> bytes:
    return card(shortened(stats.package.name), lines(stats), SOURCE, theme)
