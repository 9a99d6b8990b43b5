"""GET /api/v1/feature/{name}: which variant somebody gets, logged as shown to them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from ingest_api.flags.deciding import Unit
from ingest_api.flags.evaluating import Asking
from ingest_api.formats.fields import Country, Label
from ingest_api.intake import circumstances, says_do_not_track
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import problems
from ingest_api.taking_part import UserId, sender_of

router = APIRouter(tags=["flags"])


class Feature(BaseModel):
    """What is served; the value is what the variant was given, else its name."""

    feature: str
    variant: str
    value: Any


class About(BaseModel):
    """Who asks, and what targeting may look at."""

    model_config = ConfigDict(extra="ignore")

    user_id: UserId = Field(description="Kept as a keyed hash, and only of who takes part.")
    platform: Label = ""
    app_version: Label = ""
    country: Country = ""
    channel: Label = ""
    plan: Label = ""


@router.get("/api/v1/feature/{name}", response_model=Feature, responses=problems(404))
async def feature(
    request: Request,
    response: Response,
    name: Annotated[str, Path(description="The key of a flag or an experiment.")],
    about: Annotated[About, Query()],
) -> Any:
    """The variant of a flag or an experiment for this person, who counts as exposed to it."""
    response.headers["Cache-Control"] = "no-store"
    state, sender = await sender_of(request)
    said = about.model_dump(exclude={"user_id"})
    unit = Unit(about.user_id, said | {"country": about.country.upper()})
    seen = circumstances(request, sender, None)
    asking = Asking(seen, unit, says_do_not_track(request, None))
    decision = await state.flags.one(name, asking)
    if decision is None:
        raise Problem(404, "There is no flag or experiment of this key.")
    return Feature(feature=name, variant=decision.variant.key, value=decision.variant.served)
