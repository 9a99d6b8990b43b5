"""The field types that wire formats share, and how a mistake in one is told."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationError

from ingest_api.event import Reject

NO_NUL = r"^[^\x00]*$"
AS_UUID, AS_TEXT = "uuid", "constrained-str"  # what pydantic calls the ways to read an `EventId`


def _aware(moment: datetime) -> datetime:
    """In UTC, which is also what a time without a zone is taken for."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("Input should be a date between the years 1 and 9999") from None


Name = Annotated[str, Field(min_length=1, max_length=100, pattern=NO_NUL)]
Id = Annotated[str, Field(max_length=200, pattern=NO_NUL, coerce_numbers_to_str=True)]
EventId = Annotated[UUID | Id, Field(union_mode="left_to_right")]  # most are UUIDs, read at once
Label = Annotated[str, Field(max_length=100, pattern=NO_NUL, coerce_numbers_to_str=True)]
Subject = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Country = Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$")]
Agent = Annotated[str, Field(max_length=2_000, pattern=NO_NUL)]
Moment = Annotated[datetime, AfterValidator(_aware)]
Milliseconds = Annotated[float, Field(ge=0, le=1e10, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
Bytes = Annotated[int, Field(ge=0, le=2**53)]
Properties = dict[str, Any]


def rejection(error: ValidationError) -> Reject:
    """The first mistakes of a validation, each with its field; the values stay out of it.

    What is wrong with an `EventId` is what is wrong with it as a text.
    """
    mistakes = error.errors(include_url=False, include_context=False, include_input=False)
    told = [
        _told(mistake["type"], mistake["loc"], mistake["msg"])
        for mistake in mistakes
        if mistake["loc"][1:] != (AS_UUID,)
    ]
    return Reject("invalid", "; ".join(told[:3]))


def _told(kind: str, location: tuple[int | str, ...], message: str) -> str:
    """A mistake with its place; that all of it is no object is told without names of our code."""
    if kind in ("model_type", "dict_type") and not location:
        return "It has to be an object."
    return f"{_place(location)}: {message}"


def _place(location: tuple[int | str, ...]) -> str:
    shown = ".".join(str(part) for part in location if part != AS_TEXT)[:80]
    return shown.encode("ascii", "replace").decode() or "event"
