"""What the rows of a file are: events, or runs or downloads of packages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Engine

from db.errors import BadImport
from db.packages import list_packages
from ingest_api.catalogue import Package
from ingest_api.event import Event, Reject
from ingest_api.formats import downloads, events, runs
from ingest_api.formats.packages import of_a_known_package

OF_FILES = (
    *("events", "runs", "downloads"),
    *("customers", "subscriptions", "payments", "refunds", "spend", "tickets"),
)
OF_EVENTS = {
    "name": "event_type",
    "occurred_at": "timestamp",
    "actor": "user_id",
    "session": "session_id",
    "event_id": "event_id",
    "subject": "subject",
    "platform": "platform",
    "app_version": "app_version",
    "country": "country",
    "channel": "channel",
    "plan": "plan",
    "duration_ms": "duration_ms",
    "value": "value",
    "ok": "success",
    "error_type": "error_type",
}
OF_PACKAGES = {"package": "package", "version": "version", "organization": "organization"} | {
    name: OF_EVENTS[name]
    for name in ("occurred_at", "actor", "session", "platform", "country", "channel", "plan")
}
OF_RUNS = OF_PACKAGES | {
    "run_id": "event_id",
    "ok": "success",
    **{
        name: name
        for name in (
            *("model", "tokens", "credits", "duration_ms", "comparison"),
            *("request_size_bytes", "response_size_bytes", "input_length", "output_length"),
            *("error_occurred", "error_type", "error_message"),
        )
    },
}
OF_DOWNLOADS = OF_PACKAGES | {
    "download_id": "event_id",
    "installer": "installer",
    "user_agent": "user_agent",
    "ci": "ci",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """The fields as people map them, by what the API's format calls them, and that format."""

    sent_as: Mapping[str, str]
    needed: tuple[str, ...]
    parse: Callable[[Any], Event | Reject]
    takes_properties: bool = False


EVENTS = Kind(OF_EVENTS, ("name", "occurred_at"), events.parse, takes_properties=True)


def kind_of(engine: Engine, project_id: int, of: str) -> Kind:
    """The kind that is called so, with the packages of the project; raises BadImport."""
    if of == "events":
        return EVENTS
    if of not in ("runs", "downloads"):
        raise BadImport(f"--of is {', '.join(OF_FILES)}.")
    with engine.connect() as conn:
        found = {each: Package(each.id, each.name) for each in list_packages(conn, project_id)}
    by_uid = {str(each.uid): package for each, package in found.items()}
    known = by_uid | {package.name: package for package in found.values()}
    fields, parse = (OF_RUNS, _run) if of == "runs" else (OF_DOWNLOADS, _download)
    return Kind(fields, ("package", "occurred_at"), partial(parse, known=known))


def _run(item: Any, known: Mapping[str, Package]) -> Event | Reject:
    return of_a_known_package(runs.read(item), known, runs.parse)


def _download(item: Any, known: Mapping[str, Package]) -> Event | Reject:
    return of_a_known_package(downloads.read(item), known, downloads.parse)
