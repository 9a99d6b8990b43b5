"""One request to Looplens: whether it was taken, refused for good, or may be tried again."""

import gzip
import json
import random
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT_SECONDS = 10.0
AGAIN = {408, 425, 429}  # and all from 500 on
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds


class BadAddress(ValueError):
    """Looplens has an address that starts with http:// or https://."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request; `wait` is how many seconds the server asks for, 0 if it doesn't."""

    taken: bool
    again: bool = False
    wait: float = 0.0
    told: str = ""


class _Stay(HTTPRedirectHandler):
    """The key goes nowhere but where it was meant to go."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing."""


OPENER = build_opener(_Stay)


def checked(url: str) -> str:
    """The address of Looplens without a slash at its end; raises BadAddress."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadAddress(f"{url!r} is not an address that starts with http:// or https://.")
    return url.rstrip("/")


def encoded(body: Any) -> bytes:
    """As JSON, and as text what JSON does not know.

    Raises TypeError, ValueError or RecursionError for what it can't say (NaN, keys that are tuples,
    what holds itself), and whatever a `__str__` raises.
    """
    return json.dumps(body, default=str, allow_nan=False).encode()


def post(url: str, key: str, body: bytes, seconds: float = TIMEOUT_SECONDS) -> Outcome:
    """Send JSON, gzipped; never raises for what a network or a server does."""
    headers = {"X-API-Key": key, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    request = Request(url, gzip.compress(body, 5), headers)  # noqa: S310 - the address was checked
    try:
        with OPENER.open(request, timeout=seconds) as answer:
            answer.read()
            return Outcome(taken=True)
    except HTTPError as error:
        with error:
            again = error.code in AGAIN or error.code >= 500
            told = f"{error.code} {error.reason}"
            return Outcome(False, again, _seconds(error.headers.get("Retry-After")), told)
    except (OSError, HTTPException) as error:
        return Outcome(taken=False, again=True, told=type(error).__name__)
    except ValueError as error:  # a key that no header can hold
        return Outcome(taken=False, told=type(error).__name__)


def backoff(tries: int, asked: float) -> float:
    """Seconds until the next try: twice as long each time, not all clients at once."""
    usual = min(FIRST_WAIT * 2.0**tries, LONGEST_WAIT)
    return max(min(asked, LONGEST_WAIT), usual * random.uniform(0.5, 1.0))  # noqa: S311


def _seconds(told: str | None) -> float:
    return float(told) if told and told.isascii() and told.isdigit() else 0.0
