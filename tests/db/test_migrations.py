"""The migrations build exactly the tables that the code is written for, and take them down."""

import struct
import uuid
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from db.access import create_project
from db.engine import make_engine
from db.migrate import _config, is_current, is_ours, migrate
from db.partitions import existing_months
from db.tables import metadata
from tests.conftest import drop_database
from tests.thorough import thorough


@pytest.fixture
def nothing(server):
    """An engine on a database without any table."""
    name = f"looplens_nothing_{uuid.uuid4().hex[:12]}"
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    url = server.set(database=name)
    made = make_engine(url)
    yield made
    made.dispose()
    drop_database(url, server)


def test_from_nothing_the_migrations_build_the_tables_of_the_code(nothing):
    told = []
    with nothing.connect() as conn:
        assert not is_current(conn)
    migrate(nothing, lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1]
    with nothing.connect() as conn:
        assert is_current(conn)
        assert existing_months(conn)
        assert differences(conn) == []


def differences(conn):
    options = {"include_object": is_ours, "compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(conn, opts=options), metadata)


@thorough
def test_migrating_again_changes_nothing(nothing):
    migrate(nothing)
    migrate(nothing)
    with nothing.connect() as conn:
        assert differences(conn) == []


@thorough
def test_the_migrations_can_be_taken_back_to_nothing_and_made_again(nothing):
    migrate(nothing)
    with nothing.begin() as conn:
        command.downgrade(_config(conn), "base")
    with nothing.connect() as conn:
        assert inspect(conn).get_table_names() == ["alembic_version"]
    migrate(nothing)
    with nothing.connect() as conn:
        assert differences(conn) == []


@thorough
def test_what_was_rolled_up_is_made_anew_when_migrations_are_taken_back(nothing):
    migrate(nothing)
    with nothing.begin() as conn:
        project = create_project(conn, "shop")
    with nothing.begin() as conn:
        command.downgrade(_config(conn), "0002")
        rolled_as = text("SELECT rolled_as FROM projects")
        assert conn.execute(rolled_as).scalar_one() == 1
    migrate(nothing)
    with nothing.connect() as conn:
        assert conn.execute(text("SELECT id, rolled_as FROM projects")).one() == (project.id, 1)
        assert differences(conn) == []


@thorough
def test_requests_that_were_answered_before_are_closed_since_then_or_since_the_upgrade(nothing):
    migrate(nothing)
    with nothing.begin() as conn:
        create_project(conn, "shop")
    with nothing.begin() as conn:
        command.downgrade(_config(conn), "0004")
        conn.execute(
            text(
                "INSERT INTO requests (project_id, actor_key, title, asked_at, state, shipped_at) "
                "SELECT id, 1, state, '2026-01-01Z', state, shipped::timestamptz FROM projects, "
                "(VALUES ('open', NULL), ('declined', NULL), ('shipped', '2026-02-01Z')) "
                "AS answered (state, shipped)"
            )
        )
    migrate(nothing)
    with nothing.connect() as conn:
        closed = dict(conn.execute(text("SELECT state, closed_at FROM requests")).all())
    assert closed["open"] is None
    assert closed["shipped"] == datetime(2026, 2, 1, tzinfo=UTC)
    assert closed["declined"] > datetime(2026, 3, 1, tzinfo=UTC)


@thorough
def test_durations_are_packed_and_unpacked_as_they_were_counted(nothing):
    bins = {-176: 1, -1: 70_000, 0: 3, 255: 2**31 - 1}
    single = {"duration_bin": "2026-03-01 07:00Z", "duration_day": "2026-03-01"}
    migrate(nothing)
    with nothing.begin() as conn:
        command.downgrade(_config(conn), "0008")
        for table, moment in single.items():
            rows = [
                f"(1, '{moment}', {kind}, {each}, {bins[each]})" for kind in (5, 6) for each in bins
            ]
            conn.execute(text(f"INSERT INTO {table} VALUES {', '.join(rows)}"))
        before = [conn.execute(text(f"TABLE {table}")).all() for table in single]
    migrate(nothing)
    packed = (sum(bins.values()), struct.pack(">4h", *bins), struct.pack(">4i", *bins.values()))
    with nothing.begin() as conn:
        for table in ("duration_hour", "duration_day"):
            rows = conn.execute(text(f"SELECT n, bins, counts FROM {table}")).all()
            assert [tuple(row) for row in rows] == [packed, packed]
        command.downgrade(_config(conn), "0008")
        assert [conn.execute(text(f"TABLE {table}")).all() for table in single] == before


def test_a_difference_would_be_found(conn):
    conn.execute(text("ALTER TABLE events DROP COLUMN plan"))
    conn.execute(text("ALTER TABLE people ALTER email DROP NOT NULL"))
    assert len(differences(conn)) == 2


def test_every_constraint_has_a_name_of_ours():
    for table in metadata.sorted_tables:
        for constraint in table.constraints:
            name = str(constraint.name)
            assert name.startswith(("pk_", "uq_", "fk_", "ck_")), (table.name, constraint)
            assert len(name) <= 63
        for index in table.indexes:
            assert str(index.name).startswith("ix_")
            assert len(str(index.name)) <= 63


def test_checks_in_the_database_are_those_of_the_code(conn):
    """Comparing migrations leaves checks out."""
    inspector = inspect(conn)
    for table in metadata.sorted_tables:
        ours = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        theirs = {each["name"] for each in inspector.get_check_constraints(table.name)}
        assert ours == theirs, table.name


def test_facts_have_no_foreign_keys_and_identities_are_always_made_by_the_database(conn):
    """What a database that is spread over machines asks for."""
    inspector = inspect(conn)
    for name in ("events", "ledger", "consents", "grants", "kinds", "cells", "actor"):
        assert inspector.get_foreign_keys(name) == []
    for table in metadata.sorted_tables:
        for column in inspector.get_columns(table.name):
            if column.get("identity"):
                assert column["identity"]["always"]
