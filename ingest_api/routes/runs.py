"""POST /api/v1/analytics/runs and /downloads: how packages are used."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, RootModel

from ingest_api.batches import Taken, counted, grants, sent_at, unpack
from ingest_api.bodies import read_json
from ingest_api.catalogue import Package
from ingest_api.event import Event, Reject
from ingest_api.formats import downloads, runs
from ingest_api.formats.downloads import DownloadIn
from ingest_api.formats.events import Purpose
from ingest_api.formats.packages import PackageUse, of_a_known_package
from ingest_api.formats.runs import RunIn
from ingest_api.intake import MAX_EVENTS, Answer, circumstances, says_do_not_track, take
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import PROBLEMS, documented_body
from ingest_api.state import state_of

router = APIRouter(tags=["packages"])
OF_ALL = ("consent", "sent_at", "do_not_track", "DO_NOT_TRACK")  # members that a batch may have

Use = TypeVar("Use", bound=PackageUse)


@dataclass(frozen=True, slots=True)
class Format(Generic[Use]):
    """How one kind of use is read and parsed, and what several of it are called."""

    named: str
    read: Callable[[Any], Use | Reject]
    parse: Callable[[Use, Package], Event]


RUNS = Format("runs", runs.read, runs.parse)
DOWNLOADS = Format("downloads", downloads.read, downloads.parse)


class OfAll(BaseModel):
    """What a request may say of all that it carries."""

    consent: list[Purpose] | None = Field(
        None, description="The purposes that the person has granted."
    )
    sent_at: datetime | None = Field(None, description="The client's clock when it sent this.")
    do_not_track: bool = False


class Runs(OfAll):
    """A batch of runs."""

    runs: Annotated[list[RunIn], Field(max_length=MAX_EVENTS)]


class OneRun(RunIn, OfAll):
    """A run alone."""


class RunsBody(RootModel[OneRun | Runs | list[RunIn]]):
    """One run, or many."""


class Downloads(OfAll):
    """A batch of downloads."""

    downloads: Annotated[list[DownloadIn], Field(max_length=MAX_EVENTS)]


class OneDownload(DownloadIn, OfAll):
    """A download alone."""


class DownloadsBody(RootModel[OneDownload | Downloads | list[DownloadIn]]):
    """One download, or many."""


class TakenOne(BaseModel):
    """What became of it; without an id nothing of it is kept, and `dropped` says why."""

    status: Literal["ok"] = "ok"
    id: UUID | None
    duplicate: bool
    dropped: str | None


class TakenMany(Taken):
    """What became of them; `ids` has one for each, null where nothing is kept of it."""

    ids: list[UUID | None]


@router.post(
    "/api/v1/analytics/runs",
    response_model=TakenOne | TakenMany,
    responses=PROBLEMS,
    openapi_extra=documented_body(RunsBody),
)
async def record_runs(request: Request) -> TakenOne | TakenMany:
    """Store runs of packages: one, a list, or `{"runs": [...]}`. Answered when committed."""
    return await _take(request, RUNS)


@router.post(
    "/api/v1/analytics/downloads",
    response_model=TakenOne | TakenMany,
    responses=PROBLEMS,
    openapi_extra=documented_body(DownloadsBody),
)
async def record_downloads(request: Request) -> TakenOne | TakenMany:
    """Store downloads of packages: one, a list, or `{"downloads": [...]}`."""
    return await _take(request, DOWNLOADS)


async def _take(request: Request, format_: Format[Use]) -> TakenOne | TakenMany:
    state = state_of(request)
    sender = await state.keys.sender(request, "ingest")
    state.limits.check(request, sender)
    body = await read_json(request)
    alone = isinstance(body, dict) and format_.named not in body
    items, members = _alone(body) if alone else unpack(body, format_.named)
    sent = await _read(format_, items)
    called = {each.package for each in sent if not isinstance(each, Reject)}
    known = await state.catalogue.find(sender.project_id, called)
    answer = await take(
        state.writer,
        circumstances(request, sender, sent_at(members)),
        sent,
        partial(of_a_known_package, known=known, parse=format_.parse),
        grants=grants(members),
        do_not_track=says_do_not_track(request, members),
    )
    return _one(answer) if alone else TakenMany(**counted(answer, format_.named), ids=answer.ids)


async def _read(format_: Format[Use], items: list[Any]) -> list[Use | Reject]:
    """What was sent; many in a thread, since texts that are made to be slow could hold up all."""

    def read() -> list[Use | Reject]:
        return [format_.read(item) for item in items]

    return read() if len(items) == 1 else await asyncio.to_thread(read)


def _alone(body: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The one item that the body is, and what it says as a batch would."""
    members = {name: body[name] for name in OF_ALL if name in body}
    return [{name: value for name, value in body.items() if name not in members}], members


def _one(answer: Answer) -> TakenOne:
    if answer.rejected:
        raise Problem(422, answer.rejected[0][1].message)
    dropped = next(iter(answer.dropped), None)
    return TakenOne(id=answer.ids[0], duplicate=bool(answer.duplicates), dropped=dropped)
