"""What a request gives to the writer, and what it gets back."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ingest_api.event import Event, Sender


@dataclass(slots=True)
class Submission:
    """The events of one request, and what became of those that are not among them.

    `grants` are purposes, as bits, that its people have granted according to `grants_source`.
    """

    sender: Sender
    events: list[Event]
    received_at: datetime
    outcomes: Counter[str] = field(default_factory=Counter)
    grants: int | None = None
    grants_source: str = "batch"


@dataclass(slots=True)
class Stored:
    """What the commit made of a submission; `people_granted` had no such grant on record.

    `refused` are the ids of events whose people do not allow them.
    """

    accepted: int = 0
    duplicates: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    people_granted: int = 0
    refused: set[UUID | None] = field(default_factory=set)
