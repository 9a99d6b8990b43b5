"""A look at a web address: its status, what its answer says, and where it leads."""

from base64 import b64encode
from http import HTTPStatus
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpcore

from db.probes import Probe
from jobs.probing.certificates import trusting
from jobs.probing.places import CarefulBackend, Failed

MOST_REDIRECTS = 5
MOST_BYTES = 1_000_000  # of an answer, in which the expected text is looked for
PORTS = {"http": 80, "https": 443}
KEPT_AS_IT_IS = "%/:=&?~+!$,;'@()*[]"
HEADERS = {
    "User-Agent": "Looplens-Probe",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


async def look_at_web(probe: Probe) -> None:
    """Ask for the address; raises Failed unless it answers as it should."""
    backend, trusted = CarefulBackend(probe.timeout_seconds), trusting()
    async with httpcore.AsyncConnectionPool(ssl_context=trusted, network_backend=backend) as pool:
        status, text = await _answer(pool, probe)
    if probe.expected_status not in (None, status) or not (
        probe.expected_status or status // 100 == HTTPStatus.OK // 100
    ):
        raise Failed(f"It answers with {status}.")
    if probe.expected_text and probe.expected_text not in text:
        raise Failed("Its answer does not hold the expected text.")


async def _answer(pool: httpcore.AsyncConnectionPool, probe: Probe) -> tuple[int, str]:
    """The status and the text behind the redirects, unless one of those is what is expected."""
    address, sent = probe.address, _credentials(probe.address)
    for _ in range(MOST_REDIRECTS + 1):
        status, location, text = await _ask(pool, address, sent, bool(probe.expected_text))
        if not location or status == probe.expected_status:
            return status, text
        following = urljoin(address, location)
        if _origin(following) != _origin(address):
            sent = {}
        address = _checked(address, following)
    raise Failed(f"It redirects more than {MOST_REDIRECTS} times.")


async def _ask(
    pool: httpcore.AsyncConnectionPool, address: str, sent: dict[str, str], read: bool
) -> tuple[int, str, str]:
    """The status, where it redirects to, and the beginning of the text where it is needed."""
    headers = [*HEADERS.items(), *sent.items()]
    async with pool.stream("GET", _url(address), headers=headers) as response:
        heads = {name.lower(): value for name, value in response.headers}
        redirects = response.status in (301, 302, 303, 307, 308)
        location = heads.get(b"location", b"").decode("latin-1") if redirects else ""
        return response.status, location, await _text(response) if read else ""


async def _text(response: httpcore.Response) -> str:
    found = bytearray()
    async for chunk in response.aiter_stream():
        found += chunk
        if len(found) >= MOST_BYTES:
            break
    return found[:MOST_BYTES].decode(errors="replace")


def _credentials(address: str) -> dict[str, str]:
    """User and password of an address, for its own origin alone (RFC 7617)."""
    parts = urlsplit(address)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _checked(address: str, following: str) -> str:
    """Where a redirect leads; raises Failed where no answer should lead to."""
    before, after = urlsplit(address), urlsplit(following)
    if after.scheme not in PORTS or not after.hostname:
        raise Failed("It redirects to what is no web address.")
    if before.scheme == "https" and after.scheme == "http":
        raise Failed("It redirects from https to http.")
    return following


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def _url(address: str) -> httpcore.URL:
    """The address without credentials and fragment, as it goes over the wire; raises Failed."""
    parts = urlsplit(address)
    try:
        name = parts.hostname or ""
        host = name.encode("ascii" if ":" in name else "idna")
        port = parts.port
    except (UnicodeError, ValueError):
        raise Failed("The address can't be used.") from None
    target = quote(parts.path or "/", safe=KEPT_AS_IT_IS)
    query = f"?{quote(parts.query, safe=KEPT_AS_IT_IS)}" if parts.query else ""
    return httpcore.URL(
        scheme=parts.scheme.encode(), host=host, port=port, target=(target + query).encode()
    )
