"""Somebody who answers a survey or asks for something: who it is, and whether that may be kept."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError
from sqlalchemy import Connection

from db.ledger import count_outcome
from ingest_api import steps
from ingest_api.allowing import allowed
from ingest_api.bodies import read_json
from ingest_api.event import Circumstances, Drop, Event, Reject, Sender, Verdict
from ingest_api.formats.events import Purpose
from ingest_api.formats.fields import Country, Id, Label, rejection
from ingest_api.intake import circumstances, says_do_not_track
from ingest_api.problems import Problem
from ingest_api.scrubbing import Ids, ids_to_find
from ingest_api.state import State, state_of

KEEPS_NOBODY = "user_id: this project is anonymous and keeps nothing of anybody."

UserId = Annotated[Id, Field(min_length=1)]
NotKept = Literal["no_consent", "do_not_track", "bot"]
Sent = TypeVar("Sent", bound=BaseModel)


class PersonIn(BaseModel):
    """Who it is, where, and what they grant."""

    model_config = ConfigDict(extra="forbid")

    user_id: UserId = Field(description="Only a keyed hash is stored.")
    platform: Label = ""
    app_version: Label = ""
    country: Country = ""
    channel: Label = ""
    plan: Label = ""
    consent: list[Purpose] | None = Field(
        default=None, description="The purposes that they granted."
    )
    do_not_track: StrictBool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part: the event that stands for it, or why nothing of it may be kept."""

    seen: Circumstances
    verdict: Event | Drop
    grants: int | None
    ids: Ids


async def sender_of(request: Request) -> tuple[State, Sender]:
    """The state of the application and whose key it is; raises Problem 401, 403 and 429."""
    state = state_of(request)
    sender = await state.keys.sender(request, "ingest")
    state.limits.check(request, sender)
    return state, sender


async def sent_as(model: type[Sent], request: Request) -> Sent:
    """The body as this model; raises Problem 400, 413 and 422."""
    body: Any = await read_json(request)
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise Problem(422, rejection(error).message) from None


def part_of(request: Request, sender: Sender, person: PersonIn) -> Part:
    """What the steps say of somebody; raises Problem 422 where the project knows nobody."""
    if sender.consent == "anonymous":
        raise Problem(422, KEEPS_NOBODY)
    seen = circumstances(request, sender, None)
    grants = None if person.consent is None else steps.bits(person.consent)
    verdict = steps.run(_event(person), seen)
    if person.do_not_track or says_do_not_track(request, None):
        verdict = Drop("do_not_track")
    if isinstance(verdict, Reject):
        raise Problem(422, verdict.message)
    return Part(seen, verdict, grants, ids_to_find(person.user_id))


def permitted(conn: Connection, part: Part) -> Verdict:
    """The event if its person allows that it is kept, in this transaction; else why not."""
    if isinstance(part.verdict, Drop):
        return part.verdict
    purposes = allowed(conn, part.seen.sender, part.verdict.actor_key, part.grants)
    return steps.consented(part.verdict, purposes)


def not_kept(conn: Connection, part: Part, verdict: Drop | Reject) -> str:
    """Count why something was not kept; the reason."""
    count_outcome(conn, part.seen.sender.project_id, verdict.reason, part.seen.received_at)
    return verdict.reason


def _event(person: PersonIn) -> Event:
    return Event(
        name="feedback",
        purpose="feedback",
        distinct_id=person.user_id,
        platform=person.platform,
        app_version=person.app_version,
        country=person.country,
        channel=person.channel,
        plan=person.plan,
    )
