"""Pseudonyms: the keyed hashes that stand for people and sessions, and the hashes of secrets."""

import hashlib
import secrets
from hashlib import blake2b
from uuid import UUID


def actor_key(secret: bytes, distinct_id: str) -> int:
    """The signed 64-bit BLAKE2b of an id under the project's secret; never 0, which is nobody."""
    return _keyed(secret, b"actor", distinct_id) or 1


def session_key(secret: bytes, session_id: str) -> int:
    """The signed 64-bit BLAKE2b of a session's id, in a name space apart from the actors'."""
    return _keyed(secret, b"session", session_id)


def customer_key(secret: bytes, customer_id: str) -> int:
    """What stands for who pays; not their actor's key, so that money tells nothing of usage."""
    return _keyed(secret, b"customer", customer_id)


def subscription_key(secret: bytes, subscription_id: str) -> int:
    """What stands for a subscription."""
    return _keyed(secret, b"subscription", subscription_id)


def invoice_key(secret: bytes, invoice_id: str) -> int:
    """What stands for an invoice."""
    return _keyed(secret, b"invoice", invoice_id)


def revenue_id(secret: bytes, kind: str, given: str) -> UUID:
    """The id under which a change, payment or refund is kept; the same for the same given one."""
    person = kind.encode()
    return UUID(bytes=blake2b(given.encode(), digest_size=16, key=secret, person=person).digest())


def interaction_key(secret: bytes, distinct_id: str, interaction: str) -> str:
    """What stands for a person and an interaction together, and tells neither of them."""
    length = f"{len(distinct_id)}:"  # so that no other pair reads the same
    return f"{_keyed(secret, b'interaction', length + distinct_id + interaction) % 2**64:016x}"


def _keyed(secret: bytes, person: bytes, text: str) -> int:
    digest = blake2b(text.encode(), digest_size=8, key=secret, person=person).digest()
    return int.from_bytes(digest, "big", signed=True)


def new_token(prefix: str) -> str:
    """A secret of 192 random bits that says by its prefix what it is for."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"


def token_hash(token: str) -> bytes:
    """What is stored of a key or token: tokens are random, so that a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def uid_of(text: str) -> UUID | None:
    """The uid that a text spells, in any spelling; None when it spells none."""
    try:
        return UUID(text)
    except ValueError:
        return None
