"""What people keep: segments, views, annotations, and which event ends what another begins."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.tables.base import Instant, counter, created, identity, metadata, one_of

segments = Table(
    "segments",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    created(),
    Column("counted_at", Instant),
    counter("size"),
    UniqueConstraint("project_id", "name"),
)

segment_members = Table(
    "segment_members",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("segment_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    PrimaryKeyConstraint("project_id", "segment_id", "actor_key"),
    comment="Who was in a segment when it was last counted.",
)

saved_views = Table(
    "saved_views",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("page", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("shared_with", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    created(),
    UniqueConstraint("project_id", "page", "person_id", "name"),
    comment="A page's address by name; shared_with holds roles, none for a personal view.",
)

ANNOTATION_KINDS = ("release", "incident", "campaign", "note")

annotations = Table(
    "annotations",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant),
    Column("url", Text, nullable=False, server_default=text("''")),
    Column("external_id", Text),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    created(),
    one_of("kind", ANNOTATION_KINDS),
    UniqueConstraint("project_id", "external_id"),
    Index(None, "project_id", "at"),
)

completions = Table(
    "completions",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("start_name", Text, nullable=False),
    Column("done_name", Text, nullable=False),
    created(),
    UniqueConstraint("project_id", "start_name"),
    comment="Which event ends what another begins, of the same subject.",
)
