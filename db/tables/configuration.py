"""Projects with their keys, and people with their access."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from db.tables.base import (
    CONSENT_MODES,
    KEY_SCOPES,
    ROLES,
    ROLLED_AS,
    Instant,
    created,
    identity,
    metadata,
    one_of,
)

projects = Table(
    "projects",
    metadata,
    identity(),
    Column("name", Text, nullable=False, unique=True),
    Column("consent", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("retention_months", Integer),
    Column("secret", LargeBinary, nullable=False),
    Column("keyless_track", Boolean, nullable=False, server_default=text("false")),
    Column("is_demo", Boolean, nullable=False, server_default=text("false")),
    Column("rolled_as", SmallInteger, nullable=False, server_default=text(str(ROLLED_AS))),
    Column("published_until", Date),
    created(),
    one_of("consent", CONSENT_MODES),
    CheckConstraint("retention_months > 0", name="retention_months"),
)

api_keys = Table(
    "api_keys",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("hint", Text, nullable=False),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("scope", Text, nullable=False),
    created(),
    Column("revoked_at", Instant),
    one_of("scope", KEY_SCOPES),
)

people = Table(
    "people",
    metadata,
    identity(),
    Column("email", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("is_persona", Boolean, nullable=False, server_default=text("false")),
    created(),
    Column("closed_at", Instant),
    one_of("role", ROLES),
)

memberships = Table(
    "memberships",
    metadata,
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("person_id", "project_id"),
)

invites = Table(
    "invites",
    metadata,
    identity(),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    created(),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    identity(),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    created(),
    Column("expires_at", Instant, nullable=False),
)
