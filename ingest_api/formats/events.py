"""The format of /api/v1/analytics/events: base, user and AI interaction events, and our own names.

Members that it does not know are kept as properties.
"""

from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from db.tables import EXPOSURE, PURPOSES
from ingest_api.event import Event, Reject
from ingest_api.formats.fields import (
    Agent,
    Amount,
    Bytes,
    Country,
    Id,
    Label,
    Milliseconds,
    Moment,
    Name,
    Properties,
    Subject,
    rejection,
)
from ingest_api.steps import as_event_id, bits

Purpose = Literal["usage", "features", "performance", "feedback", "geography"]
Period = Literal["day", "week", "month"]
PERIOD_BITS = {"day": 1, "week": 2, "month": 4}
SUBJECT_LENGTH = 300

PURPOSE_OF = {
    "feature_use": "features",
    "command_run": "features",
    "template_used": "features",
    "voice_request": "features",
    "transcription": "features",
    "tts": "features",
    "conversation": "features",
    EXPOSURE: "features",
    "api_request": "performance",
    "error": "performance",
}
SUBJECT_IN = {
    "page_view": ("path", "page", "url", "screen"),
    "button_click": ("button", "button_id", "element"),
    "feature_use": ("feature", "feature_name"),
    "command_run": ("command",),
    "template_used": ("template", "template_id"),
    "api_request": ("endpoint", "route", "path"),
    "error": ("where", "page", "path", "endpoint"),
}


class EventIn(BaseModel):
    """One event as a client sends it."""

    model_config = ConfigDict(extra="allow")

    event_type: Name = Field(validation_alias=AliasChoices("event_type", "name", "event"))
    timestamp: Moment | None = Field(
        None, validation_alias=AliasChoices("timestamp", "occurred_at")
    )
    user_id: Id | None = Field(
        None, validation_alias=AliasChoices("user_id", "distinct_id", "anonymous_id")
    )
    session_id: Id | None = None
    event_id: Id | None = Field(None, validation_alias=AliasChoices("event_id", "message_id"))
    properties: Properties | None = None
    purpose: Purpose | None = None
    subject: Subject | None = None
    user_agent: Agent | None = None
    ip_address: Any = Field(None, exclude=True, description="Accepted and thrown away.")
    platform: Label | None = None
    app_version: Label | None = Field(None, validation_alias=AliasChoices("app_version", "version"))
    country: Country | None = None
    channel: Label | None = None
    plan: Label | None = None
    duration_ms: Milliseconds | None = Field(
        None, validation_alias=AliasChoices("duration_ms", "request_duration_ms")
    )
    value: Amount | None = None
    success: bool | None = Field(None, validation_alias=AliasChoices("success", "ok"))
    error_type: Label | None = None
    model_used: Label | None = None
    request_size_bytes: Bytes | None = None
    response_size_bytes: Bytes | None = None
    first_use: list[Period] | None = None


validate = EventIn.__pydantic_validator__.validate_python


def parse(item: Any) -> Event | Reject:
    """The canonical event of one item of a batch, or what is wrong with it."""
    try:
        sent: EventIn = validate(item)
    except ValidationError as error:
        return rejection(error)
    event_id, is_ours = as_event_id(sent.event_id)
    properties = _properties(sent)
    return Event(
        name=sent.event_type,
        subject=_subject(sent, properties),
        occurred_at=sent.timestamp,
        event_id=event_id,
        id_is_ours=is_ours,
        distinct_id=sent.user_id or "",
        session_id=sent.session_id or "",
        first_use=sum(PERIOD_BITS[period] for period in set(sent.first_use or ())),
        purpose=sent.purpose or PURPOSE_OF.get(sent.event_type, "usage"),
        platform=sent.platform or "",
        app_version=sent.app_version or "",
        country=sent.country or "",
        channel=sent.channel or "",
        plan=sent.plan or "",
        ok=sent.event_type != "error" if sent.success is None else sent.success,
        error_type=sent.error_type or _error_type(sent, properties),
        duration_ms=sent.duration_ms,
        value=sent.value,
        properties=properties,
        user_agent=sent.user_agent or "",
    )


def _properties(sent: EventIn) -> dict[str, Any]:
    """What was sent as properties, with the members that have no column of their own."""
    properties = dict(sent.properties or ())
    for name in ("request_size_bytes", "response_size_bytes"):
        size = getattr(sent, name)
        if size is not None:
            properties[name] = size
    if sent.model_used and sent.subject:
        properties["model_used"] = sent.model_used
    if sent.model_extra:
        properties.update(sent.model_extra)
    return properties


def _subject(sent: EventIn, properties: dict[str, Any]) -> str:
    """What it was done to: as said, else the model, else the property that names it."""
    said = sent.subject or sent.model_used
    if said:
        return said[:SUBJECT_LENGTH]
    for name in SUBJECT_IN.get(sent.event_type, ()):
        found = properties.get(name)
        if isinstance(found, str) and found and "\x00" not in found:
            return found.split("?")[0].split("#")[0][:SUBJECT_LENGTH]
    return ""


def _error_type(sent: EventIn, properties: dict[str, Any]) -> str:
    found = properties.get("error_type") if sent.event_type == "error" else None
    return found[:100] if isinstance(found, str) and "\x00" not in found else ""


def purposes(given: Any) -> int:
    """The `consent` of a batch as bits; raises ValueError naming what is no purpose."""
    if not isinstance(given, list):
        raise ValueError("consent: a list of purposes is needed")
    for purpose in given:
        if purpose not in PURPOSES:
            raise ValueError(f"consent: a purpose is one of {', '.join(PURPOSES)}")
    return bits(given)
