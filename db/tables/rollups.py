"""Rollups, and the dictionaries whose integers they carry in place of texts."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from db.tables.base import DIMENSIONS, Instant, counter, dimension_columns, identity, metadata

kinds = Table(
    "kinds",
    metadata,
    identity(),
    Column("project_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    UniqueConstraint("project_id", "name", "subject"),
    comment="What happened: the pairs of name and subject that a project has seen.",
)

cells = Table(
    "cells",
    metadata,
    identity(),
    Column("project_id", Integer, nullable=False),
    *dimension_columns(),
    UniqueConstraint("project_id", *DIMENSIONS),
    Index(None, "project_id", "id"),
    comment="Where it happened: the combinations of dimensions that a project has seen.",
)

# Rollups ------------------------------------------------------------------------------------

event_hour = Table(
    "event_hour",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("kind_id", Integer, nullable=False),
    counter("n"),
    counter("failures"),
    counter("timed"),
    Column("duration_us", Numeric, nullable=False, server_default=text("0")),
    Column("value_sum", Numeric, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("project_id", "hour", "kind_id"),
)

BIN_GROWTH = 1.04  # each bin of durations ends 4 % above the one before: within 2 % of its middle
SHORTEST = 0.001  # ms; what is shorter, or took no time at all, shares the lowest bin


def _packed_bins() -> tuple[Column[int], Column[bytes], Column[bytes]]:
    """How many were timed, their bins (int2, big-endian) and how many are in each (int4)."""
    return (
        counter("n"),
        Column("bins", LargeBinary, nullable=False),
        Column("counts", LargeBinary, nullable=False),
    )


duration_hour = Table(
    "duration_hour",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("kind_id", Integer, nullable=False),
    *_packed_bins(),
    PrimaryKeyConstraint("project_id", "hour", "kind_id"),
    comment="Durations of an hour: one row where each bin would be one.",
)

duration_day = Table(
    "duration_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("kind_id", Integer, nullable=False),
    *_packed_bins(),
    PrimaryKeyConstraint("project_id", "day", "kind_id"),
    comment="Durations of whole days, packed as those of hours.",
)

duration_value_day = Table(
    "duration_value_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("dimension", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("bin", SmallInteger, nullable=False),
    counter("n"),
    PrimaryKeyConstraint("project_id", "day", "dimension", "value", "bin"),
    comment="Durations by each dimension alone: an eighth of the rows that the cells have.",
)

event_day = Table(
    "event_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("kind_id", Integer, nullable=False),
    Column("cell_id", Integer, nullable=False),
    counter("n"),
    counter("failures"),
    PrimaryKeyConstraint("project_id", "day", "kind_id", "cell_id"),
)

cell_day = Table(
    "cell_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("cell_id", Integer, nullable=False),
    counter("n"),
    counter("failures"),
    counter("first_day"),
    counter("first_week"),
    counter("first_month"),
    PrimaryKeyConstraint("project_id", "day", "cell_id"),
)

actor_day = Table(
    "actor_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("cell_id", Integer, nullable=False),
    counter("n"),
    counter("failures"),
    PrimaryKeyConstraint("project_id", "day", "actor_key", "cell_id"),
)

session_day = Table(
    "session_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("session_key", BigInteger, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("cell_id", Integer, nullable=False),
    counter("n"),
    PrimaryKeyConstraint("project_id", "day", "session_key", "actor_key", "cell_id"),
)

actor_event_day = Table(
    "actor_event_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("kind_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("cell_id", Integer, nullable=False),
    counter("n"),
    counter("failures"),
    PrimaryKeyConstraint("project_id", "day", "kind_id", "actor_key", "cell_id"),
)

actor = Table(
    "actor",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("first_cell", Integer, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("was_first_seen", Instant),  # what the last change of the row found there, null if none
    Column("was_first_cell", Integer),
    counter("n"),
    PrimaryKeyConstraint("project_id", "actor_key"),
    Index(None, "project_id", "first_seen"),
)

intake_hour = Table(
    "intake_hour",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    counter("n"),
    PrimaryKeyConstraint("project_id", "hour", "outcome"),
    comment="What became of what was sent: accepted, duplicate, rejected, or the name of the drop.",
)
