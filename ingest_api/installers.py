"""What the user agent of a download tells: the installer, the system, and who is behind it."""

import re
from functools import lru_cache
from typing import NamedTuple

from ingest_api.agents import platform_of

# Servers that keep copies of a registry, by the products that they name (RFC 9110, 10.1.5).
NAMED_MIRRORS = """
    artifactory bandersnatch devpi devpi-server gomodulemirror nexus pep381client
    pep381client-proxy proxpi verdaccio z3c.pypimirror
"""
MIRRORS = frozenset(NAMED_MIRRORS.split())
PRODUCT = re.compile(r"[A-Za-z][\w.+-]*")
# pip, uv and hatch say it in JSON, npm and pnpm as a product, composer in its comment.
BY_A_BUILD = re.compile(r'"ci" ?: ?true|\bci/(?!false\b)\w|; CI\)')
SYSTEM = re.compile(r"\b(linux|darwin|macos|macintosh|windows|win32|freebsd)\b", re.IGNORECASE)
SYSTEMS = {"darwin": "macos", "macintosh": "macos", "win32": "windows"}
LONGEST_AGENT = 1_000  # characters that are looked at
LONGEST_NAME = 40


class Client(NamedTuple):
    """Who downloads: audience is person, ci, bot or mirror; the rest is '' where nothing tells."""

    installer: str
    audience: str
    platform: str


def client_of(agent: str) -> Client:
    """The client of this user agent."""
    return _client_of(agent[:LONGEST_AGENT])


@lru_cache(maxsize=4096)
def _client_of(agent: str) -> Client:
    products = [product.partition("/")[0].lower() for product in agent.partition("{")[0].split()]
    named = products[0][:LONGEST_NAME] if products and PRODUCT.fullmatch(products[0]) else ""
    device = platform_of(agent)
    if not MIRRORS.isdisjoint(products):
        audience = "mirror"
    elif device == "bot":
        audience = "bot"
    else:
        audience = "ci" if BY_A_BUILD.search(agent) else "person"
    installer = "browser" if named == "mozilla" else named
    return Client(installer, audience, device if device in ("ios", "android") else _system(agent))


def _system(agent: str) -> str:
    found = SYSTEM.search(agent)
    if found is None:
        return ""
    system = found[1].lower()
    return SYSTEMS.get(system, system)
