"""What the environment sets for the API."""

import os
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Settings:
    """COUNTRY_HEADER: where a proxy writes the country. RATE_LIMIT: requests of one key."""

    country_header: str
    rate_limit: str
    keyless_rate_limit: str


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings(
        country_header=os.environ.get("COUNTRY_HEADER", ""),
        rate_limit=os.environ.get("RATE_LIMIT", "3000/second"),
        keyless_rate_limit=os.environ.get("KEYLESS_RATE_LIMIT", "600/minute"),
    )
