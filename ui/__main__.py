"""Run the dashboard: `python -m ui`, on DASHBOARD_HOST (127.0.0.1) and DASHBOARD_PORT (8501)."""

import os
import socket
import sys

from db.errors import BadSetting, LooplensError, PortInUse
from db.sentry import report_failures
from ui.server import create_app


def main() -> None:
    """Serve until the process is told to stop; one sentence and exit code 1 when it can't start."""
    host = os.environ.get("DASHBOARD_HOST", "127.0.0.1")
    try:
        port = _port(os.environ.get("DASHBOARD_PORT", "8501"))
        _check_free(host, port)
        report_failures("dashboard")
    except LooplensError as error:
        sys.exit(str(error))
    create_app().run(config={"server.address": host, "server.port": port})


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise BadSetting(f"DASHBOARD_PORT is a number from 1 to 65535, not '{text}'.")
    return int(text)


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(
                f"The dashboard can't listen on {host}:{port} ({error.strerror}); "
                "choose another with DASHBOARD_PORT."
            ) from None


if __name__ == "__main__":
    main()
