"""Packages with their versions and authors, organisations with their members, and whose is what."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import Instant, created, identity, metadata, one_of

MEMBER_ROLES = ("owner", "admin", "member")
TOKEN_SCOPES = ("read", "manage")


def _uid() -> Column[object]:
    """The id that addresses carry: it tells neither how many there are nor which come next."""
    return Column("uid", Uuid, nullable=False, unique=True, server_default=func.gen_random_uuid())


packages = Table(
    "packages",
    metadata,
    identity(),
    _uid(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("summary", Text, nullable=False, server_default=text("''")),
    Column("is_public", Boolean, nullable=False, server_default=text("false")),
    created(),
    UniqueConstraint("project_id", "name"),
    Index(None, "name"),
)

package_versions = Table(
    "package_versions",
    metadata,
    Column("package_id", Integer, ForeignKey("packages.id", ondelete="CASCADE"), nullable=False),
    Column("version", Text, nullable=False),
    Column("released_at", Instant, nullable=False),
    PrimaryKeyConstraint("package_id", "version"),
)

package_authors = Table(
    "package_authors",
    metadata,
    Column("package_id", Integer, ForeignKey("packages.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("package_id", "person_id"),
    Index(None, "person_id"),
)

organisations = Table(
    "organisations",
    metadata,
    identity(),
    _uid(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("leaderboard", Boolean, nullable=False, server_default=text("false")),
    Column("assumptions", JSONB, nullable=False, server_default=text("'{}'")),
    created(),
    CheckConstraint("seats > 0", name="seats"),
    UniqueConstraint("project_id", "name"),
    comment="leaderboard: whether those of its members who agree are listed by name.",
)

organisation_members = Table(
    "organisation_members",
    metadata,
    Column(
        "organisation_id",
        Integer,
        ForeignKey("organisations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("actor_key", BigInteger, nullable=False),
    Column("project_id", Integer, nullable=False),
    Column("username", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("team", Text, nullable=False, server_default=text("''")),
    Column("listed", Boolean, nullable=False, server_default=text("false")),
    Column("joined_at", Instant, nullable=False, server_default=func.now()),
    one_of("role", MEMBER_ROLES),
    PrimaryKeyConstraint("organisation_id", "actor_key"),
    Index(None, "project_id", "actor_key"),
    comment="listed: whether the member agreed to stand in the leaderboard by name.",
)

person_actors = Table(
    "person_actors",
    metadata,
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    PrimaryKeyConstraint("person_id", "project_id"),
    UniqueConstraint("project_id", "actor_key"),
    comment="Which actor somebody who signs in is: what makes their own usage theirs to see.",
)

access_tokens = Table(
    "access_tokens",
    metadata,
    identity(),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("scope", Text, nullable=False),
    created(),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    one_of("scope", TOKEN_SCOPES),
    Index(None, "person_id"),
    comment="What people call the API with in their own name.",
)
