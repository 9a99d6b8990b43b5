"""Whole processes, started as people start them and killed as machines do."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from sqlalchemy import URL

ROOT = Path(__file__).parent.parent


class Running:
    """`python -m MODULE` on this database."""

    def __init__(self, module: str, url: URL, port: int = 0) -> None:
        self.address = f"http://127.0.0.1:{port}"
        address = url.render_as_string(hide_password=False)
        settings = {"DATABASE_URL": address, "PYTHONUNBUFFERED": "1"}
        settings |= {"API_PORT": str(port)} if port else {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_it_answers(self) -> None:
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{self.address}/healthz")
                return
            assert self._process.poll() is None, self._process.communicate()[0]
            time.sleep(0.05)
        raise AssertionError("the API did not start")

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> str:
        """End it without a word of warning; returns what it wrote."""
        return self._end(signal.SIGKILL)

    def stop(self) -> str:
        """Ask it to end; returns what it wrote."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> str:
        if self._process.poll() is None:
            self._process.send_signal(how)
        return self._process.communicate(timeout=30)[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(module: str, url: URL, port: int = 0) -> Iterator[Running]:
    process = Running(module, url, port)
    try:
        yield process
    finally:
        process.kill()


@contextlib.contextmanager
def running_api(url: URL, port: int | None = None) -> Iterator[Running]:
    with running("ingest_api", url, port or free_port()) as api:
        api.wait_until_it_answers()
        yield api
