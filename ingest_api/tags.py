"""ETags: what a client sends back to hear only whether something has changed (RFC 9110, 8.8.3)."""

from hashlib import blake2b


def tag_of(content: bytes) -> str:
    """The tag of these bytes, and of no others."""
    return f'"{blake2b(content, digest_size=12).hexdigest()}"'


def matches(wanted: str, tag: str) -> bool:
    """Whether one of the tags of If-None-Match is this one; weak ones count (RFC 9110, 13.1.2)."""
    tags = (each.strip().removeprefix("W/") for each in wanted.split(","))
    return wanted.strip() == "*" or tag in tags
