"""The format of /v1/track: one telemetry event of a command-line tool."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest_api.event import Event, Reject
from ingest_api.formats.fields import Id, Label, Milliseconds, Moment, Name, Properties, rejection
from ingest_api.steps import as_event_id


class TrackIn(BaseModel):
    """One run of a command."""

    model_config = ConfigDict(extra="allow")

    session_id: Id = Field(min_length=1)
    command: Name
    success: bool
    timestamp: Moment
    version: Label
    execution_time: Milliseconds | None = None
    error_type: Label | None = None
    prompt_length: int | None = Field(None, ge=0, le=2**53)
    output_format: Label | None = None
    model_used: Label | None = None
    event_id: Id | None = None
    user_id: Id | None = None
    properties: Properties | None = None


KEPT_AS_PROPERTIES = ("prompt_length", "output_format", "model_used")


def parse(item: Any) -> Event | Reject:
    """The canonical event of a command's run, or what is wrong with it."""
    try:
        sent = TrackIn.model_validate(item)
    except ValidationError as error:
        return rejection(error)
    event_id, is_ours = as_event_id(sent.event_id)
    named = {name: getattr(sent, name) for name in KEPT_AS_PROPERTIES}
    properties = {name: value for name, value in named.items() if value is not None}
    return Event(
        name="command_run",
        subject=sent.command,
        occurred_at=sent.timestamp,
        event_id=event_id,
        id_is_ours=is_ours,
        distinct_id=sent.user_id or "",
        session_id=sent.session_id,
        purpose="features",
        platform="cli",
        app_version=sent.version,
        ok=sent.success,
        error_type=sent.error_type or "",
        duration_ms=sent.execution_time,
        properties={**(sent.properties or {}), **(sent.model_extra or {}), **properties},
    )
