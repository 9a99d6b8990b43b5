"""What people agreed to: the history of it, its present state, and who asked to be forgotten."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

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

erasures = Table(
    "erasures",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("asked_at", Instant, nullable=False, server_default=func.now()),
    Column("done_at", Instant),
    Column("receipt", JSONB),
    Index(
        "ix_erasures_waiting",
        "project_id",
        "actor_key",
        unique=True,
        postgresql_where=text("done_at IS NULL"),
    ),
    comment="Who is to be erased; once that is done actor_key is 0, and receipt counts by table.",
)
