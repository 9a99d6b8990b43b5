"""POST and GET /api/v1/annotations: what happened around a product, such as a release."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Engine

from db.annotations import (
    LONGEST_ID,
    LONGEST_TITLE,
    LONGEST_URL,
    Annotation,
    Draft,
    annotate,
    annotations_between,
)
from db.errors import BadAnnotation
from ingest_api.asking import asked
from ingest_api.bodies import read_json
from ingest_api.formats.fields import Moment, rejection
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import PROBLEMS, documented_body
from ingest_api.state import state_of

router = APIRouter(tags=["annotations"])
MOST = 1_000

Kind = Literal["release", "incident", "campaign", "note"]


class AnnotationIn(BaseModel):
    """What happened, and when; now if that is left out."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
    at: Moment | None = None
    until: Moment | None = Field(None, description="Where it lasted: when it ended.")
    url: str | None = Field(None, max_length=LONGEST_URL, description="http or https.")
    external_id: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST_ID,
        description="Makes a repetition harmless: what is said again replaces what was.",
    )


class AnnotationOut(BaseModel):
    """An annotation as it is kept."""

    id: int
    kind: str
    title: str
    at: datetime
    until: datetime | None
    url: str
    external_id: str | None


class Annotations(BaseModel):
    """The annotations that were asked for, the latest first."""

    annotations: list[AnnotationOut]


@router.post(
    "/api/v1/annotations",
    response_model=AnnotationOut,
    responses=PROBLEMS,
    openapi_extra=documented_body(AnnotationIn),
)
async def record_annotation(request: Request) -> AnnotationOut:
    """Keep an annotation, which charts of its time show; for a CI's release step."""
    state = state_of(request)
    sender = await state.keys.sender(request, "ingest")
    state.limits.check(request, sender)
    draft = _validated(await read_json(request))
    try:
        return _out(await asked(_record, state.engine, sender.project_id, draft))
    except BadAnnotation as error:
        raise Problem(422, str(error)) from None


@router.get("/api/v1/annotations", response_model=Annotations, responses=PROBLEMS)
async def list_annotations(
    request: Request,
    start: Annotated[Moment | None, Query(alias="from")] = None,
    end: Annotated[Moment | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Annotations:
    """The annotations that touch the time from `from` to before `to`; needs a key for reading."""
    state = state_of(request)
    sender = await state.keys.sender(request, "read")
    state.limits.check(request, sender)
    found = await asked(_read, state.engine, sender.project_id, start, end, limit)
    return Annotations(annotations=[_out(each) for each in found])


def _validated(body: Any) -> Draft:
    try:
        return Draft(**AnnotationIn.model_validate(body).model_dump())
    except ValidationError as error:
        raise Problem(422, rejection(error).message) from None


def _out(annotation: Annotation) -> AnnotationOut:
    return AnnotationOut.model_validate(asdict(annotation))


def _record(engine: Engine, project_id: int, draft: Draft) -> Annotation:
    with engine.begin() as conn:
        return annotate(conn, project_id, draft)


def _read(
    engine: Engine, project_id: int, start: datetime | None, end: datetime | None, limit: int
) -> list[Annotation]:
    with engine.connect() as conn:
        return annotations_between(conn, project_id, start, end, limit)
