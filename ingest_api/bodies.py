"""Request bodies: read raw, inflated and decoded by what they are, not by what they claim to be."""

import json
import zlib
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from ingest_api.problems import Problem

MAX_BODY = 8 * 2**20  # bytes, as sent and as inflated
LONG_INTEGER = 20  # digits
GZIP = b"\x1f\x8b"


async def read_json(request: Request) -> Any:
    """The JSON value of the body; raises Problem 400 or 413."""
    return decode(await read_raw(request))


async def read_raw(request: Request) -> bytes:
    """The body as it came, refused while it arrives once it is too long; Problem 400 or 413."""
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MAX_BODY:
                raise Problem(413, f"The body is larger than {MAX_BODY:,} bytes.")
            chunks.append(chunk)
    except ClientDisconnect:
        raise Problem(400, "The connection ended within the body.") from None
    return b"".join(chunks)


def decode(body: bytes) -> Any:
    """Plain or gzipped JSON. NaN and lone surrogates get through here, to be rejected by item."""
    if body[:2] == GZIP:
        body = _inflate(body)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return _decode_leniently(body, str(error))


def _decode_leniently(body: bytes, reason: str) -> Any:
    """What the strict decoder refuses as a whole may still hold good events."""
    try:
        return json.loads(body, parse_int=_number)
    except (ValueError, RecursionError):
        raise Problem(400, f"The body is no JSON: {reason}.") from None


def _number(digits: str) -> int | float:
    """As the strict decoder does: an integer that is too long for a machine is a float."""
    return int(digits) if len(digits) < LONG_INTEGER else float(digits)


def _inflate(body: bytes) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(body, MAX_BODY + 1)
    except zlib.error:
        raise Problem(400, "The body starts like gzip but can't be inflated.") from None
    if len(plain) > MAX_BODY:
        raise Problem(413, f"The inflated body is larger than {MAX_BODY:,} bytes.")
    if not inflater.eof:
        raise Problem(400, "The gzipped body ends too early.")
    if inflater.unused_data:
        raise Problem(400, "The body holds more than one gzip stream.")
    return plain
