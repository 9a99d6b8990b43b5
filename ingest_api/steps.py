"""The steps between a parsed event and the writer: each passes it on, drops it or rejects it.

Every step is a function of the event and the circumstances of its request, with no other input,
so that it is tested without a server. Consent, which needs the database, is decided by the writer
with `consented`, in the transaction that stores the event.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import orjson

from db.tables import PURPOSES
from ingest_api.agents import platform_of
from ingest_api.event import Circumstances, Drop, Event, Reject, Run, Verdict
from ingest_api.scrubbing import Ids, ids_to_find, is_clean, scrubbed, scrubbed_text

MAX_SKEW = timedelta(seconds=150)
MAX_AHEAD = timedelta(hours=24)
EPOCH = datetime(2010, 1, 1, tzinfo=UTC)  # nothing is older: it bounds the partitions
MAX_PROPERTIES = 8_192  # bytes of JSON
SCRUBBED: tuple[str, ...] = ("name", "subject", "error_type", "platform", "channel", "plan")
# A package's name is no text of the sender's: without one's own id in it, it would tell who one is.
SCRUBBED_OF_PACKAGES = SCRUBBED[2:]
SCRUBBED_OF_RUNS: tuple[str, ...] = ("model", "installer")
TEXTS = {names: attrgetter(*names) for names in (SCRUBBED, SCRUBBED_OF_PACKAGES, SCRUBBED_OF_RUNS)}
MAX_AGENT = 512  # characters that are looked at
NO_USER = "user_id: needed: packages are told by how many people use them, not how many sessions"

Step = Callable[[Event, Circumstances], Verdict]


def on_time(event: Event, seen: Circumstances) -> Verdict:
    """Correct a wrong clock, and reject what claims the future or is past the retention."""
    event.received_at = seen.received_at
    if event.occurred_at is None:
        event.occurred_at, event.time_is_ours = seen.received_at, True
    elif seen.sent_at and abs(seen.received_at - seen.sent_at) > MAX_SKEW:
        try:
            event.occurred_at = seen.received_at - (seen.sent_at - event.occurred_at)
        except OverflowError:
            return Reject("bad_time", "timestamp: too far from sent_at")
        event.time_is_ours = True
    if event.occurred_at > seen.received_at + MAX_AHEAD:
        return Reject("in_future", "timestamp: more than 24 hours in the future")
    if event.occurred_at < ((seen.oldest_run if event.run else seen.oldest) or EPOCH):
        return Reject("too_old", "timestamp: older than the project keeps events")
    return event


def by_a_person(event: Event, seen: Circumstances) -> Verdict:
    """Drop crawlers, known by their user agent; but what they download is kept apart."""
    if event.run and event.run.kind == "download":
        return event
    return Drop("bot") if _platform(event, seen) == "bot" else event


def enriched(event: Event, seen: Circumstances) -> Verdict:
    """Fill in platform and country from the request where the client said nothing."""
    if not event.platform and not (event.run and event.run.kind == "download"):
        event.platform = _platform(event, seen)
    event.country = event.country.upper() or seen.country
    return event


def _platform(event: Event, seen: Circumstances) -> str:
    return platform_of((event.user_agent or seen.user_agent)[:MAX_AGENT])


def within_size(event: Event, _: Circumstances) -> Verdict:
    """Reject properties that are too many or can't be stored as JSON."""
    if not event.properties:
        return event
    try:
        event.packed = orjson.dumps(event.properties)
    except TypeError:
        return Reject("invalid", "properties: a lone surrogate, a huge integer, or nested too deep")
    if len(event.packed) > MAX_PROPERTIES:
        return Reject("too_large", f"properties: more than {MAX_PROPERTIES:,} bytes")
    if rb"\u0000" in event.packed and rb"\u0000" in event.packed.replace(rb"\\", b""):
        return Reject("invalid", "properties: contain a NUL character")
    return event


def without_identity(event: Event, _: Circumstances) -> Verdict:
    """Remove what would name a person from the properties and texts that are kept.

    Of app_version only mailboxes could be told from versions, so it is left alone.
    """
    ids = ids_to_find(event.distinct_id, event.session_id)
    if event.properties and not is_clean(event.properties, ids):
        event.properties = scrubbed(event.properties, ids)
        event.packed = orjson.dumps(event.properties)
    if event.run:
        _scrub(event, SCRUBBED_OF_PACKAGES, ids)
        _scrub(event.run, SCRUBBED_OF_RUNS, ids)
    else:
        _scrub(event, SCRUBBED, ids)
    return event


def _scrub(holder: Event | Run, names: tuple[str, ...], ids: Ids) -> None:
    texts = TEXTS[names](holder)
    together = "\n".join(texts)
    if scrubbed_text(together, ids) != together:
        for name, text in zip(names, texts, strict=True):
            setattr(holder, name, scrubbed_text(text, ids))


def pseudonymous(event: Event, seen: Circumstances) -> Verdict:
    """Replace the ids of person and session by keyed hashes, or by nothing at all.

    Without an id the person may be known from what it is about. Of runs and downloads the person
    has to be named: a session for a person would make a crowd of one.
    """
    sender = seen.sender
    if sender.consent != "anonymous":
        if event.run and not event.distinct_id:
            return Reject("invalid", NO_USER)
        distinct, session = event.distinct_id or event.session_id, event.session_id
        if distinct:
            event.actor_key = seen.actors[distinct]
        elif not event.actor_key:
            return Reject("invalid", "user_id: needed, or a session_id")
        if session:
            event.session_key = seen.sessions[session]
        event.first_use = 0
    event.distinct_id = event.session_id = ""
    return event


STEPS: tuple[Step, ...] = (
    on_time,
    by_a_person,
    enriched,
    within_size,
    without_identity,
    pseudonymous,
)


def run(event: Event, seen: Circumstances) -> Verdict:
    """The verdict of all steps."""
    for step in STEPS:
        verdict = step(event, seen)
        if verdict.__class__ is not Event:
            return verdict
    return event


def consented(event: Event, allowed: int) -> Verdict:
    """Keep an event only if its purpose is allowed; its country only if geography is.

    `allowed` has one bit a purpose, in the order of PURPOSES.
    """
    if not allowed & PURPOSE_BITS[event.purpose]:
        return Drop("no_consent")
    if not allowed & PURPOSE_BITS["geography"]:
        event.country = ""
    return event


PURPOSE_BITS = {purpose: 1 << bit for bit, purpose in enumerate(PURPOSES)}
ALL_PURPOSES = (1 << len(PURPOSES)) - 1


def bits(purposes: Sequence[str]) -> int:
    """Names of purposes as one number."""
    return sum(PURPOSE_BITS[purpose] for purpose in set(purposes))


def allowed_purposes(mode: str, granted: int, refused: int, with_batch: int | None) -> int:
    """What may be kept of a person, from the project's mode, their record and their batch.

    A recorded refusal always wins over what a batch carries along: a client that has not heard
    of a withdrawal can't undo it. A batch that names purposes speaks for all of them.
    """
    if mode == "anonymous":
        return ALL_PURPOSES
    if with_batch is not None:
        return with_batch & ~refused
    return granted & ~refused if mode == "opt-in" else ALL_PURPOSES & ~refused


def as_event_id(given: UUID | str | None) -> tuple[UUID, bool]:
    """The client's id as a UUID, hashed into one where it is none; a new one where it is missing.

    The second value says whether the id was made here.
    """
    if isinstance(given, UUID):
        return given, False
    if not given:
        return uuid4(), True
    try:
        return UUID(given), False
    except ValueError:
        return uuid5(NAMESPACE_URL, given), False
