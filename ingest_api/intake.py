"""From a request to the writer: what all routes that take events have in common."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from starlette.requests import Request

from db.tables import RUN_MONTHS
from ingest_api import steps
from ingest_api.event import Circumstances, Drop, Event, Reject, Sender, Verdict
from ingest_api.meters import DROPPED, EVENTS
from ingest_api.problems import Problem
from ingest_api.settings import settings
from ingest_api.submission import Submission
from ingest_api.writer import QueueFull, StorageDown, Unstorable, Writer

MAX_EVENTS = 10_000
MAX_TOLD = 100  # rejected items that are described one by one
COUNTRY = re.compile("[A-Za-z]{2}")
Parse = Callable[[Any], Event | Reject]
Rejected = tuple[int, Reject]


@dataclass(slots=True)
class Answer:
    """What became of the events of one request; `ids` has one place an item, None if not kept."""

    accepted: int = 0
    duplicates: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    ids: list[UUID | None] = field(default_factory=list)

    @property
    def processed(self) -> int:
        """Events that were understood: stored, stored before, or dropped by a policy."""
        return self.accepted + self.duplicates + self.dropped.total()


def says_do_not_track(request: Request, body: Any) -> bool:
    """Whether the person's browser or shell asks not to be followed."""
    headers = request.headers
    signals = (headers.get(name) for name in ("dnt", "sec-gpc", "do-not-track", "do_not_track"))
    return any(signal in ("1", "true") for signal in signals) or _asks_in(body)


def _asks_in(told: Any) -> bool:
    """Whether what is told of all events, or one that is told alone, asks not to be followed."""
    said = isinstance(told, dict) and (told.get("DO_NOT_TRACK") or told.get("do_not_track"))
    return said in (1, True, "1", "true")


def circumstances(request: Request, sender: Sender, sent_at: datetime | None) -> Circumstances:
    """What the request says of all of its events; no address is among it."""
    now = datetime.now(UTC)
    agent = request.headers.get("user-agent", "")
    country_header = settings().country_header
    country = request.headers.get(country_header, "") if country_header else ""
    return Circumstances(
        sender=sender,
        received_at=now,
        sent_at=sent_at,
        user_agent=agent[:2000],
        country=country.upper() if COUNTRY.fullmatch(country) else "",
        oldest=oldest_kept(sender.retention_months, now),
        oldest_run=oldest_run_kept(sender.retention_months, now),
    )


def oldest_kept(months: int | None, now: datetime) -> datetime:
    """The instant before which a project with this retention keeps no event."""
    if months is None:
        return steps.EPOCH
    return max(steps.EPOCH, now - relativedelta(months=months))


def oldest_run_kept(months: int | None, now: datetime) -> datetime:
    """The same for runs: one that was dropped by its age could not be recognised as repeated."""
    return oldest_kept(min(months or RUN_MONTHS, RUN_MONTHS), now)


async def take(
    writer: Writer,
    seen: Circumstances,
    items: Sequence[Any],
    parse: Parse,
    *,
    grants: int | None = None,
    do_not_track: bool = False,
) -> Answer:
    """Parse, step and store the items; raises Problem 503 when they could not be stored."""
    answer, events = Answer(), []
    for index, item in enumerate(items):
        verdict = _verdict(item, parse, seen, do_not_track)
        answer.ids.append(verdict.event_id if isinstance(verdict, Event) else None)
        if isinstance(verdict, Event):
            events.append(verdict)
        elif isinstance(verdict, Drop):
            answer.dropped[verdict.reason] += 1
        else:
            answer.rejected.append((index, verdict))
    rejected = Counter(reject.reason for _, reject in answer.rejected)
    outcomes = answer.dropped + rejected
    if events or outcomes:
        submission = Submission(seen.sender, events, seen.received_at, outcomes, grants)
        await _submit(writer, submission, answer)
    _meter(answer, rejected)
    return answer


def _verdict(item: Any, parse: Parse, seen: Circumstances, do_not_track: bool) -> Verdict:
    dropped = do_not_track or _asks_in(item)
    parsed = parse(item)
    if isinstance(parsed, Reject):
        return parsed
    return Drop("do_not_track") if dropped else steps.run(parsed, seen)


async def _submit(writer: Writer, submission: Submission, answer: Answer) -> None:
    try:
        stored = await writer.submit(submission)
    except QueueFull:
        raise Problem(503, "Too many events wait to be stored.", retry_after=1) from None
    except StorageDown:
        raise Problem(503, "The database did not confirm.", retry_after=2) from None
    except Unstorable:
        raise Problem(422, "The database refused a value of these events.") from None
    answer.accepted, answer.duplicates = stored.accepted, stored.duplicates
    answer.dropped += stored.dropped
    if stored.refused:
        answer.ids = [None if each in stored.refused else each for each in answer.ids]


def _meter(answer: Answer, rejected: Counter[str]) -> None:
    EVENTS.labels("accepted").inc(answer.accepted)
    EVENTS.labels("duplicate").inc(answer.duplicates)
    for reason, count in (answer.dropped + rejected).items():
        DROPPED.labels(reason).inc(count)
