"""The format of /api/v1/analytics/downloads: downloads of packages, of whoever downloads."""

from typing import Any

from pydantic import AliasChoices, Field, ValidationError

from ingest_api.catalogue import Package
from ingest_api.event import Event, Reject, Run
from ingest_api.formats.fields import Id, Label, rejection
from ingest_api.formats.packages import PackageUse, event_of
from ingest_api.installers import client_of

DOWNLOAD = "package_download"


class DownloadIn(PackageUse):
    """One download of a package."""

    download_id: Id | None = Field(
        None,
        validation_alias=AliasChoices("download_id", "id", "event_id"),
        description="An id that makes a repetition harmless.",
    )
    installer: Label = Field("", description="As in pip, uv or npm; else the user agent tells.")
    ci: bool | None = Field(None, description="Whether a build downloads, not a person.")


validate = DownloadIn.__pydantic_validator__.validate_python


def read(item: Any) -> DownloadIn | Reject:
    """One item as it was sent, or what is wrong with it."""
    try:
        sent: DownloadIn = validate(item)
    except ValidationError as error:
        return rejection(error)
    return sent


def parse(sent: DownloadIn, package: Package) -> Event:
    """The canonical event of a download of this package."""
    event, client = event_of(sent, package, DOWNLOAD, sent.download_id), client_of(sent.user_agent)
    event.platform = event.platform or client.platform
    event.run = Run(
        package.id,
        kind="download",
        organisation=sent.organization or "",
        installer=sent.installer or client.installer,
        audience=_audience(client.audience, sent.ci),
    )
    return event


def _audience(told: str, ci: bool | None) -> str:
    """Who downloads, where the sender knows whether it is a build."""
    if ci is None or told in ("bot", "mirror"):
        return told
    return "ci" if ci else "person"
