"""What the names of hosts stand for, asked without a thread for each: nobody waits for another.

c-ares reads the machine's hosts file and asks its servers of names, all at the same time. A thread
that calls the system's resolver is not to be stopped, and a few slow names would hold all of them.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import aiodns

_asking: ContextVar[aiodns.DNSResolver | None] = ContextVar("asking", default=None)


class UnknownName(Exception):
    """No server of names knows this one, or it is none."""


@asynccontextmanager
async def asking(*servers: str) -> AsyncIterator[None]:
    """In this block, and in tasks that it begins, one resolver asks: these servers, or the usual.

    It begins a thread, so that many looks share it.
    """
    async with aiodns.DNSResolver(servers or None) as resolver:
        before = _asking.set(resolver)
        try:
            yield
        finally:
            _asking.reset(before)


async def addresses_of(name: str) -> list[str]:
    """The addresses of a host, the preferred first (RFC 6724); raises UnknownName."""
    resolver = _asking.get()
    if resolver is None:
        async with asking():
            return await addresses_of(name)
    try:
        asked = name.encode("idna").decode()
        found = await resolver.getaddrinfo(asked, type=socket.SOCK_STREAM)
    except (aiodns.error.DNSError, UnicodeError):
        raise UnknownName() from None
    return list(dict.fromkeys(node.addr[0].decode() for node in found.nodes))
