"""Who fails to sign in again and again waits, by address; addresses are not kept."""

import hashlib
import secrets

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request

MOST_FAILURES = parse("10 per 5 minutes")
WAIT_SECONDS = MOST_FAILURES.get_expiry()


class Throttle:
    """Failures in memory, by process; an address is counted under a hash that dies with it."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._salt = secrets.token_bytes(16)

    def refuses(self, request: Request) -> bool:
        """Whether too many from there have failed lately."""
        return not self._limiter.test(MOST_FAILURES, self._who(request))

    def failed(self, request: Request) -> None:
        """Count a failure."""
        self._limiter.hit(MOST_FAILURES, self._who(request))

    def _who(self, request: Request) -> str:
        address = request.client.host if request.client else ""
        return hashlib.blake2b(address.encode(), key=self._salt, digest_size=8).hexdigest()
