"""One look of a probe, whatever its kind: never longer than its time, always with a result."""

import asyncio
import os
import ssl
import time
from dataclasses import replace
from datetime import datetime

import httpcore
import psycopg
import structlog

from db.engine import conninfo, database_url, parse_url
from db.probe_results import Result
from db.probes import Probe, host_and_port
from db.running import Ports
from jobs.probing.certificates import EndsSoon, look_at_certificate
from jobs.probing.places import Failed, connected, resolved
from jobs.probing.web import look_at_web

OWN = "looplens:"  # what addresses of our own processes begin with
OWN_DATABASE = f"{OWN}database"
BAD_PASSWORD = "28P01"  # noqa: S105 - a code of PostgreSQL
UNEXPECTED = "It could not be looked at."

log = structlog.get_logger()


async def look(probe: Probe, at: datetime) -> Result:
    """What it finds now; what goes wrong is its result."""
    started = time.perf_counter()
    days_left: float | None = None
    try:
        async with asyncio.timeout(probe.timeout_seconds):
            days_left = await _looked(probe, at)
    except EndsSoon as soon:
        return Result(probe.id, at, ok=False, days_left=soon.days_left, reason=str(soon))
    except Exception as error:  # noqa: BLE001 - of any library; one probe may not end the others
        return Result(probe.id, at, ok=False, reason=reason(error, probe))
    took = (time.perf_counter() - started) * 1000
    return Result(probe.id, at, ok=True, duration_ms=took, days_left=days_left)


async def _looked(probe: Probe, at: datetime) -> float | None:
    if probe.kind == "certificate":
        return await look_at_certificate(probe, at)
    if probe.kind == "http":
        await look_at_web(_ours(probe))
    elif probe.kind == "tcp":
        async with connected(*host_and_port(probe.address), probe.timeout_seconds):
            pass
    else:
        await _look_at_database(probe)
    return None


async def _look_at_database(probe: Probe) -> None:
    """Connect as a client does and ask for a number."""
    if probe.address == OWN_DATABASE:
        known = conninfo(database_url())
    else:
        url = parse_url(probe.address)
        known = conninfo(url)
        place = await resolved(str(url.host))
        known["hostaddr"] = ",".join(place)
        known["host"] = ",".join([str(url.host)] * len(place))
        known["connect_timeout"] = max(1, int(probe.timeout_seconds / len(place)))  # of each
    async with await psycopg.AsyncConnection.connect(**known, autocommit=True) as conn:  # type: ignore[arg-type]
        await conn.execute("SELECT 1")


def _ours(probe: Probe) -> Probe:
    """The probe with the address at which a process of ours listens, where it names one."""
    ports = Ports.from_environment()
    places = {
        f"{OWN}api": os.environ.get("API_URL", ports.api_url).rstrip("/") + "/readyz",
        f"{OWN}dashboard": f"{ports.dashboard_url}/healthz",
    }
    return replace(probe, address=places.get(probe.address, probe.address))


def reason(error: Exception, probe: Probe) -> str:
    """Why a look failed, as a sentence that names no address, host or user."""
    if isinstance(error, Failed):
        return str(error)
    if isinstance(error, (TimeoutError, httpcore.TimeoutException)):
        return f"No answer within {probe.timeout_seconds:g} s."
    if certificate := _certificate_fault(error):
        return f"The certificate is not valid: {certificate}."
    if isinstance(error, psycopg.Error):
        wrong = getattr(error, "sqlstate", None) == BAD_PASSWORD
        return "It does not take the password." if wrong else "The database takes no connection."
    if isinstance(error, (OSError, httpcore.NetworkError, httpcore.ProtocolError)):
        return "The connection was refused or broke off."
    log.warning("a probe failed unexpectedly", probe=probe.id, error=type(error).__name__)
    return UNEXPECTED


def _certificate_fault(error: BaseException | None) -> str:
    """What OpenSSL says of a certificate, found among the causes of an error; "" where nothing."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message.split(",")[0].rstrip(".")
        error = error.__cause__ or error.__context__
    return ""
