"""The embedded server: made on first use, kept, and gone without a trace when it is stopped."""

import contextlib
import os
import shutil
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from db import postgres
from db.engine import check, make_engine, parse_url
from db.errors import DatabaseUnreachable, WrongPostgresVersion
from db.postgres import ServerFailed, embedded
from tests.thorough import thorough


def ask(url, statement: str) -> list[object]:
    engine = make_engine(url)
    try:
        with engine.begin() as conn:
            answer = conn.execute(text(statement))
            return list(answer.scalars()) if answer.returns_rows else []
    finally:
        engine.dispose()


def processes_in(folder: Path) -> list[int]:
    """The processes that work in this folder, children of the server included."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and folder in (entry / "cwd").readlink().parents:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.fixture
def stopped(data_folder):
    """A data folder whose server is stopped at the end, whatever the test made of it."""
    yield data_folder
    shutil.rmtree(postgres._socket_path(data_folder), ignore_errors=True)


@thorough
def test_a_server_is_made_on_first_use_and_keeps_its_data(stopped):
    with embedded(stopped) as url:
        ask(url, "CREATE TABLE kept AS SELECT 7 AS n")
        assert postgres.is_running(stopped)
        assert processes_in(stopped)
    assert not postgres.is_running(stopped)
    assert processes_in(stopped) == []
    with embedded(stopped) as url:
        assert ask(url, "SELECT n FROM kept") == [7]


@thorough
def test_what_was_in_memory_is_read_again_after_a_start(stopped):
    with postgres.embedded(stopped):
        pass
    assert (stopped / "postgres" / "autoprewarm.blocks").exists()


def test_it_listens_on_no_port_and_runs_as_somebody_without_rights(stopped):
    with embedded(stopped) as url:
        assert ask(url, "SHOW listen_addresses") == [""]
        assert url.port is None
        owner = (stopped / "postgres").stat()
        assert owner.st_uid == (stopped / "postgres" / "postmaster.pid").stat().st_uid != 0
        assert owner.st_mode & 0o077 == 0
        assert postgres._socket_path(stopped).stat().st_mode & 0o077 == 0


@thorough
def test_starting_what_runs_and_stopping_what_does_not_changes_nothing(stopped):
    with embedded(stopped) as url:
        before = ask(url, "SELECT pg_postmaster_start_time()")
        assert postgres.start(stopped) == url
        assert ask(url, "SELECT pg_postmaster_start_time()") == before
    postgres.stop(stopped)
    postgres.stop(stopped / "never made")


@thorough
def test_the_last_who_uses_it_stops_it_whoever_started_it(stopped):
    with ExitStack() as first, ExitStack() as second:
        url = first.enter_context(embedded(stopped))
        assert second.enter_context(embedded(stopped)) == url
        first.close()
        assert ask(url, "SELECT 1") == [1]
        second.close()
        assert not postgres.is_running(stopped)


@thorough
def test_who_finds_it_running_after_a_crash_stops_it(stopped):
    postgres.start(stopped)
    with embedded(stopped):
        pass
    assert not postgres.is_running(stopped)


def test_a_data_folder_that_is_none_is_told(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(ServerFailed, match="set LOOPLENS_DATA to a folder"),
        embedded(tmp_path / "file"),
    ):
        pass


@thorough
def test_after_a_crash_it_starts_again_with_what_was_committed(stopped):
    with embedded(stopped) as url:
        ask(url, "CREATE TABLE kept AS SELECT 7 AS n")
        crashed = int((stopped / "postgres" / "postmaster.pid").read_text().split()[0])
        for pid in {crashed, *processes_in(stopped)}:
            with contextlib.suppress(ProcessLookupError):  # the server's death ends them too
                os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{crashed}").exists():
            time.sleep(0.01)
        assert (stopped / "postgres" / "postmaster.pid").exists()
        assert ask(postgres.start(stopped), "SELECT n FROM kept") == [7]


@pytest.mark.parametrize("kind", ["open", "link"])
def test_a_folder_for_the_socket_that_others_made_is_not_used(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(postgres.tempfile, "gettempdir", lambda: str(tmp_path))
    data = tmp_path / ("long" * 30)
    made = postgres._socket_path(data)
    assert made.parent == tmp_path
    if kind == "open":
        made.mkdir(mode=0o777)
        made.chmod(0o777)
    else:
        made.symlink_to(tmp_path)
    with pytest.raises(ServerFailed, match="remove it"):
        postgres._socket_folder(data)


def test_a_folder_of_another_version_is_told_in_one_sentence(data_folder):
    cluster = data_folder / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(WrongPostgresVersion) as told:
        postgres.start(data_folder)
    assert "written by PostgreSQL 15" in str(told.value)
    assert str(cluster) in str(told.value)
    assert "\n" not in str(told.value)
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


def test_a_server_that_can_not_start_says_why(data_folder):
    cluster = data_folder / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "something").write_text("else")
    with pytest.raises(ServerFailed, match="exists but is not empty"):
        postgres.start(data_folder)
    assert (cluster / "something").read_text() == "else"


@thorough
def test_a_folder_with_a_long_path_has_its_socket_elsewhere(tmp_path):
    long = tmp_path / ("x" * 120)
    short = postgres._socket_path(long)
    assert len(str(short)) + len("/.s.PGSQL.5432") < 107
    assert short != postgres._socket_path(tmp_path / ("y" * 120))
    with embedded(long) as url:
        assert ask(url, "SELECT 1") == [1]
    shutil.rmtree(short, ignore_errors=True)


def test_a_stopped_server_is_told_in_one_sentence(data_folder):
    engine = make_engine(postgres.url_of(data_folder))
    with pytest.raises(DatabaseUnreachable, match=r"No database answers at .* check DATABASE_URL"):
        check(engine)
    engine.dispose()


def test_a_port_without_a_database_is_told_without_the_password():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        engine = make_engine(parse_url(f"postgresql://jane:hunter2@127.0.0.1:{port}/shop"))
        with pytest.raises(DatabaseUnreachable) as told:
            check(engine)
        engine.dispose()
    assert f"127.0.0.1:{port}/shop" in str(told.value)
    assert "hunter2" not in str(told.value)
