"""A look at a certificate: whether it is trusted, and for how many days it is valid."""

import ssl
from datetime import datetime
from functools import cache
from typing import Any

from db.probes import HTTPS_PORT, Probe, host_and_port
from jobs.probing.places import Failed, connected

DAY_SECONDS = 86_400


@cache
def trusting() -> ssl.SSLContext:
    """Who is trusted: those that the machine trusts. To load them takes a while."""
    return ssl.create_default_context()


async def look_at_certificate(probe: Probe, now: datetime) -> float:
    """For how many days it is valid; raises Failed where it is not, or only for too few."""
    host, port = host_and_port(probe.address, HTTPS_PORT)
    more = {"ssl": trusting(), "server_hostname": host}
    async with connected(host, port, probe.timeout_seconds, **more) as writer:
        certificate: dict[str, Any] = writer.get_extra_info("peercert")
    left = (ssl.cert_time_to_seconds(certificate["notAfter"]) - now.timestamp()) / DAY_SECONDS
    if left < probe.minimum_days:
        raise EndsSoon(left)
    return left


class EndsSoon(Failed):
    """The certificate is valid for fewer days than it should."""

    def __init__(self, days_left: float) -> None:
        super().__init__(f"The certificate is valid for {days_left:.0f} more days.")
        self.days_left = days_left
