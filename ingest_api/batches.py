"""Batches: what a request with many items says of all of them, and what it is told of each."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from ingest_api.formats.events import purposes
from ingest_api.formats.fields import Moment
from ingest_api.intake import MAX_EVENTS, MAX_TOLD, Answer
from ingest_api.problems import Problem

MOMENT = TypeAdapter(Moment)


class Rejected(BaseModel):
    """An item that was not understood, by its place in the batch."""

    index: int
    reason: str
    message: str


class Taken(BaseModel):
    """What became of the items; `processed` counts all that were understood."""

    status: Literal["success"] = "success"
    processed: int
    accepted: int
    duplicates: int
    dropped: dict[str, int]
    rejected: list[Rejected]


def unpack(body: Any, named: str) -> tuple[list[Any], dict[str, Any]]:
    """The items, bare or in the member of this name, and the other members of the batch.

    Raises Problem 413 or 422.
    """
    members = body if isinstance(body, dict) else {}
    items = members.get(named) if members else body
    if not isinstance(items, list):
        raise Problem(422, f"{named}: a list of {named} is needed, bare or as a member '{named}'.")
    if len(items) > MAX_EVENTS:
        raise Problem(413, f"{named}: {len(items):,} in one batch; {MAX_EVENTS:,} are allowed.")
    return items, members


def sent_at(members: dict[str, Any]) -> datetime | None:
    """The client's clock when it sent the batch, None where it does not say; Problem 422."""
    given = members.get("sent_at")
    try:
        return None if given is None else MOMENT.validate_python(given)
    except ValidationError:
        raise Problem(422, "sent_at: a date and time is needed.") from None


def grants(members: dict[str, Any]) -> int | None:
    """The purposes that the batch carries along, as bits; Problem 422."""
    if members.get("consent") is None:
        return None
    try:
        return purposes(members["consent"])
    except ValueError as error:
        raise Problem(422, str(error)) from None


def counted(answer: Answer, named: str) -> dict[str, Any]:
    """The members of Taken; raises Problem 422 where no item was understood."""
    told = [
        {"index": index, "reason": reject.reason, "message": reject.message}
        for index, reject in answer.rejected[:MAX_TOLD]
    ]
    if told and not answer.processed:
        raise Problem(422, f"None of the {named} is valid.", rejected=told)
    return {
        "processed": answer.processed,
        "accepted": answer.accepted,
        "duplicates": answer.duplicates,
        "dropped": dict(answer.dropped),
        "rejected": told,
    }
