"""Where a probe may reach: every address but those that no service of ours has.

A name is resolved here and connected to as what it resolved to, so that what was checked is what
is reached (DNS rebinding).
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import httpcore

# The addresses at which clouds tell a machine its own secrets, beside the link-local ones.
METADATA = frozenset({"100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"})


class Failed(Exception):
    """Why a look was not ok, in words, without the address."""


async def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host that may be reached, the preferred first; raises Failed."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise Failed("The name of the host is not known.") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    allowed = [address for address in addresses if not is_refused(address)]
    if not allowed:
        raise Failed("Probes don't reach this kind of address.")
    return allowed


def is_refused(address: str) -> bool:
    """Whether it is link-local, multicast, nobody's, or where a cloud tells its secrets."""
    ip = _plain(ip_address(address))
    reserved = isinstance(ip, IPv4Address) and ip.is_reserved
    odd = ip.is_link_local or ip.is_multicast or ip.is_unspecified or reserved
    return odd or str(ip) in METADATA


def _plain(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address that is written as one of IPv6, as what it is."""
    return (isinstance(ip, IPv6Address) and ip.ipv4_mapped) or ip


@asynccontextmanager
async def connected(host: str, port: int, **more: Any) -> AsyncIterator[asyncio.StreamWriter]:
    """A connection to the first address of a host that takes one; raises Failed and OSError.

    It is broken off in the end: who is looked at may never say good-bye.
    """
    writer = await _connect(host, port, **more)
    try:
        yield writer
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def _connect(host: str, port: int, **more: Any) -> asyncio.StreamWriter:
    refused: OSError | None = None
    for address in await resolved(host, port):
        try:
            _, writer = await asyncio.open_connection(address, port, **more)
        except ConnectionError as error:
            refused = error
        else:
            return writer
    raise refused or OSError()


class CarefulBackend(httpcore.AsyncNetworkBackend):
    """How httpcore connects: to what `resolved` lets through, and to no file."""

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of the host that takes one."""
        refused: httpcore.ConnectError | None = None
        for address in await resolved(host, port):
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                refused = error
        raise refused or httpcore.ConnectError()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
