"""The canonical event that every wire format is mapped to, and what else a step can answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from db.identity import actor_key, session_key


@dataclass(slots=True)
class Run:
    """What an event that is a run or a download of a package has besides."""

    package_id: int
    kind: str = "run"  # run or download
    organisation: str = ""  # its uid or name, as the client said it
    organisation_id: int = 0  # set by the writer where the person is a member at that moment
    team: str = ""  # the member's, likewise
    model: str = ""
    tokens: int | None = None
    credits: int = 0
    request_bytes: int | None = None
    response_bytes: int | None = None
    input_length: int | None = None
    output_length: int | None = None
    comparison: bool = False
    installer: str = ""
    audience: str = "person"  # who downloads: person, ci, bot or mirror


@dataclass(slots=True)
class Event:
    """One thing that happened. Steps own the event that they are given and may change it."""

    name: str
    subject: str = ""
    occurred_at: datetime | None = None  # as the client said it; None: the time of receipt
    received_at: datetime | None = None
    event_id: UUID | None = None
    id_is_ours: bool = True  # made here, so that a repetition can't be recognised
    time_is_ours: bool = False  # set or corrected here, so that a repetition has another time
    distinct_id: str = ""  # the client's id of the person: in memory only, hashed into actor_key
    session_id: str = ""
    actor_key: int = 0
    session_key: int | None = None
    first_use: int = 0  # bits: 1 first use today, 2 this week, 4 this month (anonymous projects)
    purpose: str = "usage"
    platform: str = ""
    app_version: str = ""
    country: str = ""
    channel: str = ""
    plan: str = ""
    ok: bool = True
    error_type: str = ""
    duration_ms: float | None = None
    value: float | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    packed: bytes | None = None  # the properties as JSON text, made when their size is checked
    user_agent: str = ""
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """A policy says that this event is not kept; the reason is counted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reject:
    """The sender made a mistake in this event; it is told which."""

    reason: str
    message: str


Verdict = Event | Drop | Reject


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose events these are: what the steps need to know of a project."""

    project_id: int
    consent: str
    secret: bytes
    retention_months: int | None
    scope: str = "ingest"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a request says of all of its events."""

    sender: Sender
    received_at: datetime
    sent_at: datetime | None = None
    user_agent: str = ""
    country: str = ""
    oldest: datetime | None = None  # events from before this instant are outside the retention
    oldest_run: datetime | None = None  # and so are runs of packages, which may be kept for less
    actors: "HashedIds" = field(init=False, repr=False, compare=False)
    sessions: "HashedIds" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "actors", HashedIds(actor_key, self.sender.secret))
        object.__setattr__(self, "sessions", HashedIds(session_key, self.sender.secret))


class HashedIds(dict[str, int]):
    """The keys of ids by the id, made when first asked for: most requests are of few people."""

    def __init__(self, key_of: Callable[[bytes, str], int], secret: bytes) -> None:
        self._key_of, self._secret = key_of, secret

    def __missing__(self, plain_id: str) -> int:
        key = self[plain_id] = self._key_of(self._secret, plain_id)
        return key
