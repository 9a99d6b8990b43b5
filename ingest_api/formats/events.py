"""The format of /api/v1/analytics/events: base, user and AI interaction events, and our own names.

Members that it does not know are kept as properties.
"""

from typing import Annotated, Any, Literal, Required

from pydantic import AliasChoices, ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from db.tables import EXPOSURE, PURPOSES
from ingest_api.event import Event, Reject
from ingest_api.formats.fields import (
    Agent,
    Amount,
    Bytes,
    Country,
    EventId,
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

SIZES = frozenset({"request_size_bytes", "response_size_bytes"})

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


def _named(*names: str) -> Any:
    """A member that may be sent under each of these names."""
    return Field(validation_alias=AliasChoices(*names))


# A dictionary is validated sooner than a model, and what is left in it are other members.
class EventIn(TypedDict, total=False):
    """One event as a client sends it."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    event_type: Required[Annotated[Name, _named("event_type", "name", "event")]]
    timestamp: Annotated[Moment | None, _named("timestamp", "occurred_at")]
    user_id: Annotated[Id | None, _named("user_id", "distinct_id", "anonymous_id")]
    session_id: Id | None
    event_id: Annotated[EventId | None, _named("event_id", "message_id")]
    properties: Properties | None
    purpose: Purpose | None
    subject: Subject | None
    user_agent: Agent | None
    ip_address: Annotated[Any, Field(description="Accepted and thrown away.")]
    platform: Label | None
    app_version: Annotated[Label | None, _named("app_version", "version")]
    country: Country | None
    channel: Label | None
    plan: Label | None
    duration_ms: Annotated[Milliseconds | None, _named("duration_ms", "request_duration_ms")]
    value: Amount | None
    success: Annotated[bool | None, _named("success", "ok")]
    error_type: Label | None
    model_used: Label | None
    request_size_bytes: Bytes | None
    response_size_bytes: Bytes | None
    first_use: list[Period] | None


validate = TypeAdapter(EventIn).validator.validate_python


def parse(item: Any) -> Event | Reject:
    """The canonical event of one item of a batch, or what is wrong with it."""
    try:
        sent = validate(item)
    except ValidationError as error:
        return rejection(error)
    take = sent.pop  # what is left in the end are members that the format does not know
    name, succeeded = take("event_type"), take("success", None)
    event_id, is_ours = as_event_id(take("event_id", None))
    event = Event(
        name=name,
        subject=take("subject", None) or "",
        occurred_at=take("timestamp", None),
        event_id=event_id,
        id_is_ours=is_ours,
        distinct_id=take("user_id", None) or "",
        session_id=take("session_id", None) or "",
        first_use=_period_bits(periods) if (periods := take("first_use", None)) else 0,
        purpose=take("purpose", None) or PURPOSE_OF.get(name, "usage"),
        platform=take("platform", None) or "",
        app_version=take("app_version", None) or "",
        country=take("country", None) or "",
        channel=take("channel", None) or "",
        plan=take("plan", None) or "",
        ok=name != "error" if succeeded is None else succeeded,
        error_type=take("error_type", None) or "",
        duration_ms=take("duration_ms", None),
        value=take("value", None),
        properties=take("properties", None) or {},
        user_agent=take("user_agent", None) or "",
    )
    model = take("model_used", None) or ""
    if sent:
        _keep_others(event, sent)
    if model and event.subject:
        event.properties["model_used"] = model
    event.subject = (event.subject or model or _subject(event))[:SUBJECT_LENGTH]
    event.error_type = event.error_type or _error_type(event)
    return event


def _period_bits(periods: list[str]) -> int:
    return sum(PERIOD_BITS[period] for period in set(periods))


def _keep_others(event: Event, sent: dict[str, Any]) -> None:
    """Add the members that have no column of their own to the properties."""
    sent.pop("ip_address", None)
    event.properties |= {
        name: value for name, value in sent.items() if value is not None or name not in SIZES
    }


def _subject(event: Event) -> str:
    """What it was done to, by the property that names it."""
    for name in SUBJECT_IN.get(event.name, ()):
        found = event.properties.get(name)
        if isinstance(found, str) and found and "\x00" not in found:
            return found.split("?")[0].split("#")[0]
    return ""


def _error_type(event: Event) -> str:
    found = event.properties.get("error_type") if event.name == "error" else None
    return found[:100] if isinstance(found, str) and "\x00" not in found else ""


def purposes(given: Any) -> int:
    """The `consent` of a batch as bits; raises ValueError naming what is no purpose."""
    if not isinstance(given, list):
        raise ValueError("consent: a list of purposes is needed")
    for purpose in given:
        if purpose not in PURPOSES:
            raise ValueError(f"consent: a purpose is one of {', '.join(PURPOSES)}")
    return bits(given)
