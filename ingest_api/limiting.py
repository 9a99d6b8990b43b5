"""Rate limits: by key, and by address for requests without one."""

import hashlib
import secrets
from typing import NoReturn

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from db.security import count
from ingest_api.event import Sender
from ingest_api.problems import Problem
from ingest_api.settings import Settings

GUESSES = "guesses"


def key_in(request: Request) -> str:
    """The key that the request carries, '' when there is none."""
    key = request.headers.get("x-api-key", "")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return (key or (token if scheme.lower() == "bearer" else "")).strip()


class Limits:
    """Counters in memory, by process; an address is counted under a hash that dies with it."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._by_key = parse(settings.rate_limit)
        self._by_address = parse(settings.keyless_rate_limit)
        self._salt = secrets.token_bytes(16)

    def check(self, request: Request, sender: Sender) -> None:
        """Count the request; raises Problem 429."""
        if key_in(request):
            self._hit(self._by_key, str(sender.project_id), sender.project_id)
        else:
            self._hit(self._by_address, self._who(request), sender.project_id)

    def check_person(self, person_id: int) -> None:
        """Count a request of somebody in their own name; raises Problem 429."""
        self._hit(self._by_key, f"person {person_id}")

    def check_project(self, project_id: int) -> None:
        """Count a request that shows by a signature whose it is; raises Problem 429."""
        self._hit(self._by_key, str(project_id), project_id)

    def check_address(self, request: Request) -> None:
        """Count a request that needs no key; raises Problem 429."""
        self._hit(self._by_address, self._who(request))

    def check_guesses(self, request: Request) -> None:
        """Raise Problem 429 where too many keys that nobody knows came from the same address."""
        if not self._limiter.test(self._by_address, GUESSES, self._who(request)):
            self._refuse(self._by_address)

    def count_guess(self, request: Request) -> None:
        """Count a key that nobody knows."""
        self._limiter.hit(self._by_address, GUESSES, self._who(request))

    def _hit(self, limit: RateLimitItem, who: str, project_id: int = 0) -> None:
        if not self._limiter.hit(limit, who):
            self._refuse(limit, project_id)

    def _refuse(self, limit: RateLimitItem, project_id: int = 0) -> NoReturn:
        count("rate_limited", project_id)
        raise Problem(429, f"More than {limit}.", retry_after=int(limit.get_expiry()))

    def _who(self, request: Request) -> str:
        address = request.client.host if request.client else ""
        return hashlib.blake2b(address.encode(), key=self._salt, digest_size=8).hexdigest()
