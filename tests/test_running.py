"""The one command: everything comes up, says where it is, and goes away without a trace."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import URL, text
from typer.testing import CliRunner

from benchmarks.processes import free_port
from db import postgres, running
from db.__main__ import app
from db.engine import make_engine
from tests.thorough import thorough

ROOT = Path(__file__).parent.parent


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ports = {"API_PORT": str(free_port()), "DASHBOARD_PORT": str(free_port())}
    return kept | ports | {"LOOPLENS_DATA": str(data)} | more


@contextlib.contextmanager
def everything(env: dict[str, str], *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`make run` with this interpreter in place of the virtual environment; yields what it said."""
    make = ["make", "-s", "run", f"BIN={Path(sys.executable).parent}", "INSTALLED=pyproject.toml"]
    process = subprocess.Popen(
        [*make, *arguments],
        cwd=ROOT,
        env=env,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield process, read_until_ready(process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        process.stderr.close()


def read_until_ready(process: subprocess.Popen[str]) -> str:
    said = []
    for line in process.stderr:
        said.append(line)
        if "Ctrl-C stops" in line:
            return "".join(said)
    raise AssertionError("it ended before it was ready: " + "".join(said))


def processes_about(data: Path) -> list[psutil.Process]:
    """Processes that were started with this data folder, or by one that was."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            about = [*process.cmdline(), process.environ().get("LOOPLENS_DATA", "")]
            if any(str(data) in word for word in about):
                found.append(process)
    return found


def wait_for_none(data: Path, seconds: float = 15) -> list[psutil.Process]:
    deadline = time.monotonic() + seconds
    while (left := processes_about(data)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def interrupt(process: subprocess.Popen[str]) -> None:
    """What Ctrl-C does: the signal goes to the whole foreground group."""
    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)


@thorough
def test_everything_starts_stops_without_a_trace_and_keeps_the_data(data_folder: Path) -> None:
    env = environment(data_folder)
    with everything(env, "DEMO=0") as (process, said):
        assert f"http://127.0.0.1:{env['DASHBOARD_PORT']}/access#lla_" in said
        assert '"ok"' in get(f"http://127.0.0.1:{env['API_PORT']}/readyz")
        assert "ok" in get(f"http://127.0.0.1:{env['DASHBOARD_PORT']}/healthz")
        made = [sys.executable, "-m", "db", "project", "kept"]
        subprocess.run(made, cwd=ROOT, env=env, check=True, capture_output=True)
        interrupt(process)
    assert wait_for_none(data_folder) == []
    with everything(env, "DEMO=0") as (process, said):
        listed = [sys.executable, "-m", "db", "projects"]
        done = subprocess.run(listed, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
        assert done.stdout.startswith("kept ")
        interrupt(process)
    assert wait_for_none(data_folder) == []


def run_command(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "db", "run", "--no-demo"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    return lines[0]


@thorough
def test_a_port_in_use_is_named_with_what_moves_it(data_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        sentence = one_sentence(run_command(environment(data_folder, DASHBOARD_PORT=port)))
    assert port in sentence
    assert "DASHBOARD_PORT" in sentence
    assert not (data_folder / "postgres").exists()


@thorough
def test_a_folder_of_another_postgres_version_is_left_alone(data_folder: Path) -> None:
    cluster = data_folder / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("12\n")
    sentence = one_sentence(run_command(environment(data_folder)))
    assert re.search(r"PostgreSQL 12, this is \d+", sentence)


@thorough
def test_a_database_that_does_not_answer_is_told_without_its_password(data_folder: Path) -> None:
    address = "postgresql://somebody:hunter2@127.0.0.1:1/x"
    sentence = one_sentence(run_command(environment(data_folder, DATABASE_URL=address)))
    assert "127.0.0.1:1/x" in sentence
    assert "hunter2" not in sentence


@pytest.fixture
def refused(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What the command says within this process, where nothing may come up, when it refuses."""
    monkeypatch.setattr(postgres, "DEFAULT_DATA", data_folder)
    monkeypatch.setattr(running, "serve", lambda *_: 0)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def say(**settings: str) -> str:
        for name, value in (environment(data_folder) | settings).items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(app, ["run", "--no-demo"])
        assert done.exit_code == 1
        *before, line = done.stderr.splitlines()
        assert all("Preparing the database" in each for each in before)
        return line

    return say


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://somebody:hunter2@127.0.0.1/x", "postgresql://"),
        ("not an address", "DATABASE_URL"),
        ("postgresql://somebody:hunter2@nowhere.invalid/x", "nowhere.invalid"),
        ("postgresql://somebody:hunter2@127.0.0.1/x?bogus=1", "bogus"),
    ],
)
def test_a_broken_database_url_is_told_without_its_password(
    address: str, told: str, refused: Callable[..., str]
) -> None:
    sentence = refused(DATABASE_URL=address)
    assert told in sentence
    assert "hunter2" not in sentence


def test_a_database_in_which_one_may_make_nothing_is_told(
    server: URL, refused: Callable[..., str]
) -> None:
    engine = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text("CREATE ROLE weak LOGIN"))
        conn.execute(text("CREATE DATABASE weak"))
    try:
        weak = server.set(username="weak", database="weak")
        sentence = refused(DATABASE_URL=weak.render_as_string(hide_password=False))
        assert "permission denied for schema public" in sentence
    finally:
        with engine.connect() as conn:
            conn.execute(text("DROP DATABASE weak WITH (FORCE)"))
            conn.execute(text("DROP ROLE weak"))
        engine.dispose()


def test_two_ports_that_are_one_are_told(refused: Callable[..., str]) -> None:
    assert "both 9321" in refused(API_PORT="9321", DASHBOARD_PORT="9321")


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_told(port: str, refused: Callable[..., str]) -> None:
    assert "API_PORT" in refused(API_PORT=port)
