"""What the formats of runs and of downloads of packages have in common."""

from collections.abc import Callable, Mapping
from typing import Annotated, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from ingest_api.catalogue import Package
from ingest_api.event import Event, Reject
from ingest_api.formats.fields import NO_NUL, Agent, Country, Id, Label, Moment
from ingest_api.steps import as_event_id

UNKNOWN = "package: no package of this project has this name; register it first"
DIMENSIONS = ("platform", "country", "channel", "plan")

Called = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
Use = TypeVar("Use", bound="PackageUse")


class PackageUse(BaseModel):
    """Who used which package, when and where."""

    model_config = ConfigDict(extra="forbid")

    package: Called = Field(
        validation_alias=AliasChoices("package", "package_id", "packageId", "package_name"),
        description="The name or the id of a registered package.",
    )
    version: Label = Field(
        "", validation_alias=AliasChoices("version", "package_version", "app_version")
    )
    user_id: Id | None = Field(
        None,
        validation_alias=AliasChoices("user_id", "userId", "distinct_id", "anonymous_id"),
        description="Who; only a keyed hash is stored. Needed, but in anonymous projects.",
    )
    session_id: Id | None = Field(
        None,
        validation_alias=AliasChoices("session_id", "sessionId"),
        description="Their visit.",
    )
    timestamp: Moment | None = Field(
        None, validation_alias=AliasChoices("timestamp", "occurred_at", "created_at")
    )
    organization: Called | None = Field(
        None,
        validation_alias=AliasChoices(
            "organization", "organisation", "organization_id", "organisation_id", "org_id", "orgId"
        ),
        description="For which organisation, by name or id; kept where they are a member of it.",
    )
    platform: Label = ""
    country: Country = ""
    channel: Label = ""
    plan: Label = ""
    user_agent: Agent = ""


def event_of(sent: PackageUse, package: Package, name: str, given_id: str | None) -> Event:
    """The canonical event of what runs and downloads have in common."""
    event_id, is_ours = as_event_id(given_id)
    return Event(
        name=name,
        subject=package.name,
        occurred_at=sent.timestamp,
        event_id=event_id,
        id_is_ours=is_ours,
        distinct_id=sent.user_id or "",
        session_id=sent.session_id or "",
        purpose="usage",
        app_version=sent.version,
        user_agent=sent.user_agent,
        **{each: getattr(sent, each) for each in DIMENSIONS},
    )


def of_a_known_package(
    sent: Use | Reject, known: Mapping[str, Package], parse: Callable[[Use, Package], Event]
) -> Event | Reject:
    """The event of what was read of an item, given the packages by what they are called."""
    if isinstance(sent, Reject):
        return sent
    package = known.get(sent.package)
    return Reject("invalid", UNKNOWN) if package is None else parse(sent, package)
