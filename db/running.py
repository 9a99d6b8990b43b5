"""Everything up with one command: a database, the schema, and the processes of the Procfile."""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import URL

from db import postgres
from db.engine import check, make_engine, parse_url
from db.errors import BadSetting, PortInUse
from db.migrate import is_current, migrate

ROOT = Path(__file__).parent.parent
READY_SECONDS = 60.0
console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the API and the dashboard listen."""

    api: int
    dashboard: int

    @classmethod
    def from_environment(cls) -> "Ports":
        """API_PORT and DASHBOARD_PORT; raises BadSetting."""
        ports = cls(_port("API_PORT", 8000), _port("DASHBOARD_PORT", 8501))
        if ports.api == ports.dashboard:
            raise BadSetting(f"API_PORT and DASHBOARD_PORT are both {ports.api}; change one.")
        return ports

    @property
    def api_url(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self.api}"

    @property
    def dashboard_url(self) -> str:
        """The address of the dashboard."""
        return os.environ.get("DASHBOARD_URL", f"http://127.0.0.1:{self.dashboard}").rstrip("/")


def _port(name: str, default: int) -> int:
    given = os.environ.get(name) or str(default)
    if not given.isdecimal() or not 0 < int(given) < 65_536:
        raise BadSetting(f"{name} is a port from 1 to 65535, not '{given}'.")
    return int(given)


@contextlib.contextmanager
def database() -> Iterator[URL]:
    """A database with the newest schema: DATABASE_URL's, or the embedded one."""
    if address := os.environ.get("DATABASE_URL", ""):
        url = parse_url(address)
        prepare(url)
        yield url
        return
    with postgres.embedded(postgres.DEFAULT_DATA) as url:
        prepare(url)
        yield url


def prepare(url: URL) -> None:
    """Reach the database and bring its schema up to date, showing how far it is."""
    engine = make_engine(url)
    try:
        check(engine)
        with engine.connect() as conn:
            current = is_current(conn)
        with contextlib.nullcontext() if current else progress("Preparing the database") as bar:
            migrate(engine, bar)
    finally:
        engine.dispose()


class Advance:
    """Moves a progress bar: called with what is done and of how many."""

    def __init__(self, bar: Progress, label: str) -> None:
        self._bar, self._task = bar, bar.add_task(label, total=None)

    def __call__(self, done: int, total: int) -> None:
        """Show it."""
        self._bar.update(self._task, completed=done, total=total)


@contextlib.contextmanager
def progress(label: str) -> Iterator[Advance]:
    """A progress bar on standard error, which holds no answers."""
    columns = (TextColumn("{task.description:<32}"), BarColumn(30), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        yield Advance(bar, label)


def check_ports(ports: Ports) -> None:
    """Raise PortInUse, naming the port and the variable that moves it."""
    for name, port in (("API_PORT", ports.api), ("DASHBOARD_PORT", ports.dashboard)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise PortInUse(
                    f"Port {port} is in use; stop what listens there or set {name} to another."
                ) from None


def serve(ports: Ports, more: Mapping[str, str], greeting: str) -> int:
    """Run the Procfile until a process ends or a signal comes; returns the exit code."""
    manager = Manager()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {
        **os.environ,
        "PATH": path,
        "PYTHONUNBUFFERED": "1",
        "API_PORT": str(ports.api),
        "DASHBOARD_PORT": str(ports.dashboard),
        "API_URL": os.environ.get("API_URL", ports.api_url),
        **more,
    }
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        manager.add_process(name, f"exec {command}", env=environment, cwd=str(ROOT))
    signal.signal(signal.SIGHUP, lambda *_: manager.terminate())
    threading.Thread(target=_greet, args=(ports, greeting), daemon=True).start()
    manager.loop()
    interrupted = manager.returncode in (130, 143)
    return 0 if interrupted else int(manager.returncode or 0)


def _greet(ports: Ports, greeting: str) -> None:
    """Say that everything is ready once it is."""
    deadline = time.monotonic() + READY_SECONDS
    waiting = [f"{ports.api_url}/readyz", f"http://127.0.0.1:{ports.dashboard}/healthz"]
    while waiting and time.monotonic() < deadline:
        waiting = [address for address in waiting if not _answers(address)]
        time.sleep(0.1)
    sys.stderr.write(greeting)
    sys.stderr.flush()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
