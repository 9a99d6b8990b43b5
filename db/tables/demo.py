"""What is known about demo data."""

from sqlalchemy import Column, Double, ForeignKey, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import identity, metadata

planted_truths = Table(
    "planted_truths",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("where_", JSONB, nullable=False),
    Column("size", Double, nullable=False),
    Column("unit", Text, nullable=False),
    UniqueConstraint("project_id", "name"),
)
