"""Facts as they came: batches and events."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import Instant, dimension_columns, metadata

ledger = Table(
    "ledger",
    metadata,
    Column("batch_id", BigInteger, Identity(always=True), primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("outcomes", JSONB, nullable=False),
    Column("first_at", Instant),
    Column("last_at", Instant),
    Column("rolled_at", Instant),
    Index("ix_ledger_unrolled", "batch_id", postgresql_where=text("rolled_at IS NULL")),
    comment="One row per project and commit of the writer: what was stored, dropped and rejected.",
)

events = Table(
    "events",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("batch_id", BigInteger, nullable=False),
    Column("session_key", BigInteger),
    Column("first_use", SmallInteger, nullable=False, server_default=text("0")),
    Column("ok", Boolean, nullable=False, server_default=text("true")),
    Column("duration_ms", Double),
    Column("value", Double),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=text("''")),
    Column("purpose", Text, nullable=False),
    *dimension_columns(),
    Column("error_type", Text, nullable=False, server_default=text("''")),
    Column("properties", JSONB),
    PrimaryKeyConstraint("project_id", "actor_key", "event_id", "occurred_at"),
    Index(None, "batch_id"),
    Index(None, "project_id", "occurred_at"),
    postgresql_partition_by="RANGE (occurred_at)",
)
