"""`python -m db audit`: what was done is listed, and a touched log is found."""

import gzip
import json

import pytest
from sqlalchemy import delete, select, text, update
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_key, create_project
from db.tables import audit_log
from tests.thorough import thorough


@pytest.fixture
def run(own_database, own_engine, monkeypatch):
    """Run a command on a database with a project and two keys: three acts."""
    with own_engine.begin() as conn:
        project = create_project(conn, "shop")
        create_key(conn, project.id, "ingest")
        create_key(conn, project.id, "server")
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, list(words))


def meddle(engine, statement):
    with engine.begin() as conn:
        conn.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
        conn.execute(statement)


def test_the_latest_acts_are_listed_and_to_read_them_is_one(run):
    first = run("audit").stdout.splitlines()
    assert [line.split("  ")[4].split()[0] for line in first] == [
        "project.create",
        "key.create",
        "key.create",
    ]
    (latest,) = json.loads(run("audit", "--latest", "1", "--json").stdout)
    assert (latest["id"], latest["act"], latest["details"]) == (4, "audit.read", {"rows": 3})


def test_an_import_is_noted_also_where_it_ends_too_early(run, tmp_path):
    lines = "".join(f"ann,open,2026-03-01T10:{n % 60:02}:00Z\n" for n in range(9_000))
    whole = gzip.compress(f"user,event,at\n{lines}".encode())
    for name, content in (("cut", whole[: len(whole) // 2]), ("whole", whole)):
        (tmp_path / f"{name}.csv.gz").write_bytes(content)
        words = ("--project", "shop", "--map", "name=event,actor=user,occurred_at=at")
        done = run("import", str(tmp_path / f"{name}.csv.gz"), *words)
        assert (done.exit_code == 0) == (name == "whole")
    noted = json.loads(run("audit", "--json").stdout)
    acts = [row["details"]["rows"] for row in noted if row["act"] == "import.run"]
    assert sorted(map(str, acts)) == ["9000", "not all"]


@thorough
def test_a_whole_log_is_told_with_its_mark(run):
    told = run("audit", "--verify")
    assert told.exit_code == 0
    assert told.stdout.startswith("3 rows, none was touched. Mark: 3:")
    mark = told.stdout.split("Mark: ")[1].strip()
    assert run("audit", "--mark", mark).exit_code == 0


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        (update(audit_log).where(audit_log.c.id == 2).values(about="another"), "2: the row"),
        (delete(audit_log).where(audit_log.c.id == 2), "2: rows are missing"),
        (delete(audit_log).where(audit_log.c.id == 3), "2: the log does not end"),
    ],
    ids=["edited", "removed", "cut off"],
)
def test_a_touched_log_is_told_and_fails(run, own_engine, statement, at):
    meddle(own_engine, statement)
    told = run("audit", "--verify")
    assert told.exit_code == 1
    assert at in told.stdout
    assert json.loads(run("audit", "--verify", "--json").stdout)["faults"]


def test_a_mark_that_is_not_there_fails(run):
    told = run("audit", "--mark", "1:" + "0" * 64)
    assert told.exit_code == 1
    assert "the row of the mark is missing" in told.stdout


def test_what_is_no_mark_is_one_sentence(run):
    told = run("audit", "--mark", "x")
    assert told.exit_code == 1
    assert "A mark of the audit log is" in told.stderr


def test_a_rebuild_is_noted(run, own_engine):
    assert run("rebuild", "shop").exit_code == 0
    with own_engine.connect() as conn:
        acts = conn.execute(select(audit_log.c.act).order_by(audit_log.c.id)).scalars().all()
    assert acts[-1] == "rollups.rebuild"
