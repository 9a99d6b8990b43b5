"""Where a probe may reach: every address but those that no service of ours has.

A name is resolved here and connected to as what it resolved to, so that what was checked is what
is reached (DNS rebinding). Each address of a host is tried, and gets its share of the time.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, TypeVar

import httpcore

from jobs.probing.names import UnknownName, addresses_of

T = TypeVar("T")

# The addresses at which clouds tell a machine its own secrets, beside the link-local ones.
METADATA = frozenset({"100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"})

# What carries an IPv4 address in its last 32 bits: IPv4-mapped and IPv4-compatible (RFC 4291), and
# NAT64 (RFC 6052).
CARRYING = [IPv6Network(net) for net in ("::ffff:0:0/96", "::/96", "64:ff9b::/96")]
OF_IPV6 = frozenset({IPv6Address("::"), IPv6Address("::1")})  # though they are in ::/96
NOT_TO_BE_REACHED = "Probes don't reach this kind of address."
NOT_INWARD = "It redirects to a private address."


class Failed(Exception):
    """Why a look was not ok, in words, without the address."""


async def resolved(host: str) -> list[str]:
    """The addresses of a host that may be reached, the preferred first; raises Failed."""
    addresses = [host] if _is_address(host) else await _looked_up(host)
    allowed = [address for address in addresses if not is_refused(address)]
    if not allowed:
        raise Failed(NOT_TO_BE_REACHED)
    return allowed


async def _looked_up(host: str) -> list[str]:
    try:
        return await addresses_of(host)
    except UnknownName:
        raise Failed("The name of the host is not known.") from None


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host))
    return False


def is_refused(address: str) -> bool:
    """Whether it is link-local, multicast, nobody's, or where a cloud tells its secrets."""
    ip = _plain(ip_address(address))
    reserved = isinstance(ip, IPv4Address) and ip.is_reserved
    odd = ip.is_link_local or ip.is_multicast or ip.is_unspecified or reserved
    return odd or str(ip) in METADATA


def is_public(address: str) -> bool:
    """Whether the whole Internet means the same by it: not loopback, private or link-local."""
    return _plain(ip_address(address)).is_global


def _plain(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that one of IPv6 leads to, if it does: 6to4 (RFC 3056) has it in front."""
    if isinstance(ip, IPv4Address) or ip in OF_IPV6:
        return ip
    if any(ip in net for net in CARRYING):
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.sixtofour or ip


async def first(
    addresses: Sequence[str], seconds: float, connect: Callable[[str], Awaitable[T]]
) -> T:
    """A connection to the first of them that takes one; raises what the last one raised.

    An address that says nothing has only its share of the seconds, so that the next one has its
    turn. What fails in TLS is there, and its fault is not passed over.
    """
    for address in addresses[:-1]:
        try:
            async with asyncio.timeout(seconds / len(addresses)):
                return await connect(address)
        except ssl.SSLError:
            raise
        except (OSError, httpcore.ConnectError, httpcore.ConnectTimeout):
            continue
    return await connect(addresses[-1])


@asynccontextmanager
async def connected(
    host: str, port: int, seconds: float, **more: Any
) -> AsyncIterator[asyncio.StreamWriter]:
    """A connection to a host within about these seconds; raises Failed and OSError.

    It is broken off in the end: who is looked at may never say good-bye.
    """

    async def connect(address: str) -> asyncio.StreamWriter:
        return (await asyncio.open_connection(address, port, **more))[1]

    writer = await first(await resolved(host), seconds, connect)
    try:
        yield writer
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


class CarefulBackend(httpcore.AsyncNetworkBackend):
    """How httpcore connects for one look: to what `resolved` lets through, and to no file.

    Once it was at a public address it goes to no private one: it is a stranger who redirects there.
    """

    def __init__(self, seconds: float) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._seconds = seconds
        self._was_outside = False

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of the host that takes one; raises Failed."""
        allowed = await resolved(host)
        if self._was_outside:
            allowed = [address for address in allowed if is_public(address)]
        if not allowed:
            raise Failed(NOT_INWARD)

        async def connect(address: str) -> httpcore.AsyncNetworkStream:
            made = await self._inner.connect_tcp(
                address, port, timeout, local_address, socket_options
            )
            self._was_outside |= is_public(address)
            return made

        return await first(allowed, self._seconds, connect)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
