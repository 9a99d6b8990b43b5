"""What people agreed to: the history of it, and its present state."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    func,
)

from db.tables.base import PURPOSES, Instant, identity, metadata, one_of

consents = Table(
    "consents",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("version", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False, server_default=func.now()),
    one_of("purpose", PURPOSES),
    Index(None, "project_id", "actor_key", "recorded_at"),
)

grants = Table(
    "grants",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("granted", SmallInteger, nullable=False),
    Column("refused", SmallInteger, nullable=False),
    PrimaryKeyConstraint("project_id", "actor_key"),
    comment="The present state of consents: one bit a purpose, in the order of PURPOSES.",
)
