"""The steps between a parsed event and the writer: each passes it on, drops it or rejects it.

Every step is a function of the event and the circumstances of its request, with no other input,
so that it is tested without a server. Consent, which needs the database, is decided by the writer
with `consented`, in the transaction that stores the event.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from string import hexdigits
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import orjson
from ua_parser import parse

from db.identity import actor_key, session_key
from db.tables import PURPOSES
from ingest_api.event import Circumstances, Drop, Event, Reject, Verdict

MAX_SKEW = timedelta(seconds=150)
MAX_AHEAD = timedelta(hours=24)
EPOCH = datetime(2010, 1, 1, tzinfo=UTC)  # nothing is older: it bounds the partitions
MAX_PROPERTIES = 8_192  # bytes of JSON
MAX_DEPTH = 12

IDENTIFYING = frozenset(
    "ip ip_address ipaddress client_ip remote_addr remote_address x_forwarded_for email e_mail "
    "mail phone phone_number user_id userid username user_name distinct_id anonymous_id device_id "
    "machine_id hostname password passwd secret token access_token refresh_token api_key apikey "
    "authorization cookie session_id sessionid first_name last_name full_name address ssn".split()
)
MAILBOX = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
IP_LIKE = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])"
    r"|(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}(?![\w:])"
)
REMOVED = "[removed]"
HEX_DIGITS = frozenset(hexdigits)

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
    if event.occurred_at < (seen.oldest or EPOCH):
        return Reject("too_old", "timestamp: older than the project keeps events")
    return event


def by_a_person(event: Event, seen: Circumstances) -> Verdict:
    """Drop crawlers, known by their user agent."""
    agent = event.user_agent or seen.user_agent
    return Drop("bot") if agent and platform_of(agent) == "bot" else event


def enriched(event: Event, seen: Circumstances) -> Verdict:
    """Fill in platform and country from the request where the client said nothing."""
    if not event.platform:
        event.platform = platform_of(event.user_agent or seen.user_agent)
    event.country = event.country.upper() or seen.country
    return event


def without_identity(event: Event, seen: Circumstances) -> Verdict:
    """Remove what would name a person from the properties and texts that are kept."""
    if event.properties:
        event.properties = _scrubbed_dict(event.properties)
    event.subject = _scrubbed_text(event.subject)
    event.error_type = _scrubbed_text(event.error_type)
    return event


def within_size(event: Event, seen: Circumstances) -> Verdict:
    """Reject properties that are too many or can't be stored as JSON."""
    if not event.properties:
        return event
    try:
        event.packed = orjson.dumps(event.properties)
    except TypeError:
        return Reject("invalid", "properties: not valid JSON (NaN, a lone surrogate or a huge int)")
    if len(event.packed) > MAX_PROPERTIES:
        return Reject("too_large", f"properties: more than {MAX_PROPERTIES:,} bytes")
    if b"\\u0000" in event.packed:
        return Reject("invalid", "properties: contain a NUL character")
    return event


def pseudonymous(event: Event, seen: Circumstances) -> Verdict:
    """Replace the ids of person and session by keyed hashes, or by nothing at all."""
    sender = seen.sender
    if sender.consent != "anonymous":
        distinct = event.distinct_id or event.session_id
        if not distinct:
            return Reject("invalid", "user_id: needed, or a session_id")
        event.actor_key = actor_key(sender.secret, distinct)
        if event.session_id:
            event.session_key = session_key(sender.secret, event.session_id)
        event.first_use = 0
    event.distinct_id = event.session_id = ""
    return event


STEPS: tuple[Step, ...] = (
    on_time,
    by_a_person,
    enriched,
    without_identity,
    within_size,
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


def bits(purposes: list[str] | tuple[str, ...]) -> int:
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


def as_event_id(given: str | None) -> tuple[UUID, bool]:
    """The client's id as a UUID, hashed into one where it is none; a new one where it is missing.

    The second value says whether the id was made here.
    """
    if not given:
        return uuid4(), True
    try:
        return UUID(given), False
    except ValueError:
        return uuid5(NAMESPACE_URL, given), False


@lru_cache(maxsize=4096)
def platform_of(agent: str) -> str:
    """web, ios, android or bot for a browser's user agent; '' for everything else."""
    if not agent:
        return ""
    parsed = parse(agent[:512])
    if parsed.device and parsed.device.family == "Spider":
        return "bot"
    system = parsed.os.family.lower() if parsed.os else ""
    if system in ("ios", "android"):
        return system
    return "web" if agent.startswith("Mozilla/") else ""


def _scrubbed(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _scrubbed_text(value)
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return _scrubbed_dict(value, depth)
    if isinstance(value, list):
        return [_scrubbed(item, depth + 1) for item in value]
    return value


def _scrubbed_dict(given: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    return {
        _scrubbed_text(key): _scrubbed(value, depth + 1)
        for key, value in given.items()
        if key.lower().replace("-", "_") not in IDENTIFYING
    }


def _scrubbed_text(text: str) -> str:
    """Addresses of machines and mailboxes are blotted out; most texts can hold none."""
    if "@" in text:
        text = MAILBOX.sub(REMOVED, text)
    if "." in text or ":" in text:
        text = IP_LIKE.sub(_removed_if_address, text)
    return text


def _removed_if_address(found: re.Match[str]) -> str:
    try:
        ip_address(found[0])
    except ValueError:
        return found[0]
    return REMOVED if any(character in HEX_DIGITS for character in found[0]) else found[0]
