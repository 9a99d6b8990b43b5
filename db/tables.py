"""All tables of Looplens as SQLAlchemy metadata; the migrations build exactly these."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

Instant = DateTime(timezone=True)
CONSENT_MODES = ("opt-in", "opt-out", "anonymous")
PURPOSES = ("usage", "features", "performance", "feedback", "geography")
ROLES = ("admin", "executive", "product", "operations", "author", "org_admin", "member")
DIMENSIONS = ("platform", "app_version", "country", "channel", "plan")
ROLLED_AS = 2  # the version of the rollups; the worker rebuilds those of projects with an older one


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _id(kind: type[Integer] | type[BigInteger] = Integer) -> Column[int]:
    return Column("id", kind, Identity(always=True), primary_key=True)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _created() -> Column[object]:
    return Column("created_at", Instant, nullable=False, server_default=func.now())


def _dimensions() -> list[Column[str]]:
    return [Column(name, Text, nullable=False, server_default=text("''")) for name in DIMENSIONS]


# Configuration and people -------------------------------------------------------------------

projects = Table(
    "projects",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("consent", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("retention_months", Integer),
    Column("secret", LargeBinary, nullable=False),
    Column("keyless_track", Boolean, nullable=False, server_default=text("false")),
    Column("is_demo", Boolean, nullable=False, server_default=text("false")),
    Column("rolled_as", SmallInteger, nullable=False, server_default=text(str(ROLLED_AS))),
    _created(),
    _one_of("consent", CONSENT_MODES),
    CheckConstraint("retention_months > 0", name="retention_months"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _id(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("hint", Text, nullable=False),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("scope", Text, nullable=False),
    _created(),
    Column("revoked_at", Instant),
    _one_of("scope", ("ingest", "read")),
)

people = Table(
    "people",
    metadata,
    _id(),
    Column("email", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("is_persona", Boolean, nullable=False, server_default=text("false")),
    _created(),
    _one_of("role", ROLES),
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
    _id(),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _created(),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    _id(),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _created(),
    Column("expires_at", Instant, nullable=False),
)

# Consent ------------------------------------------------------------------------------------

consents = Table(
    "consents",
    metadata,
    _id(BigInteger),
    Column("project_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("version", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False, server_default=func.now()),
    _one_of("purpose", PURPOSES),
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

# Facts --------------------------------------------------------------------------------------

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
    *_dimensions(),
    Column("error_type", Text, nullable=False, server_default=text("''")),
    Column("properties", JSONB),
    PrimaryKeyConstraint("project_id", "actor_key", "event_id", "occurred_at"),
    Index(None, "batch_id"),
    Index(None, "project_id", "occurred_at"),
    postgresql_partition_by="RANGE (occurred_at)",
)

# Dictionaries: rollups carry an integer in place of the texts ----------------------------------

kinds = Table(
    "kinds",
    metadata,
    _id(),
    Column("project_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    UniqueConstraint("project_id", "name", "subject"),
    comment="What happened: the pairs of name and subject that a project has seen.",
)

cells = Table(
    "cells",
    metadata,
    _id(),
    Column("project_id", Integer, nullable=False),
    *_dimensions(),
    UniqueConstraint("project_id", *DIMENSIONS),
    comment="Where it happened: the combinations of dimensions that a project has seen.",
)

# Rollups ------------------------------------------------------------------------------------

event_hour = Table(
    "event_hour",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("kind_id", Integer, nullable=False),
    _count("n"),
    _count("failures"),
    _count("timed"),
    Column("duration_us", Numeric, nullable=False, server_default=text("0")),
    Column("value_sum", Numeric, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("project_id", "hour", "kind_id"),
)

BIN_GROWTH = 1.04  # each bin of durations ends 4 % above the one before: within 2 % of its middle
SHORTEST = 0.001  # ms; what is shorter, or took no time at all, shares the lowest bin

duration_bin = Table(
    "duration_bin",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("kind_id", Integer, nullable=False),
    Column("bin", SmallInteger, nullable=False),
    _count("n"),
    PrimaryKeyConstraint("project_id", "hour", "kind_id", "bin"),
)

duration_value_day = Table(
    "duration_value_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("dimension", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("bin", SmallInteger, nullable=False),
    _count("n"),
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
    _count("n"),
    _count("failures"),
    PrimaryKeyConstraint("project_id", "day", "kind_id", "cell_id"),
)

cell_day = Table(
    "cell_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("cell_id", Integer, nullable=False),
    _count("n"),
    _count("failures"),
    _count("first_day"),
    _count("first_week"),
    _count("first_month"),
    PrimaryKeyConstraint("project_id", "day", "cell_id"),
)

actor_day = Table(
    "actor_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("cell_id", Integer, nullable=False),
    _count("n"),
    _count("failures"),
    PrimaryKeyConstraint("project_id", "day", "actor_key", "cell_id"),
)

session_day = Table(
    "session_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("session_key", BigInteger, nullable=False),
    Column("cell_id", Integer, nullable=False),
    _count("n"),
    PrimaryKeyConstraint("project_id", "day", "session_key", "cell_id"),
)

actor_event_day = Table(
    "actor_event_day",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("kind_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("cell_id", Integer, nullable=False),
    _count("n"),
    _count("failures"),
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
    _count("n"),
    PrimaryKeyConstraint("project_id", "actor_key"),
    Index(None, "project_id", "first_seen"),
)

intake_hour = Table(
    "intake_hour",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    _count("n"),
    PrimaryKeyConstraint("project_id", "hour", "outcome"),
    comment="What became of what was sent: accepted, duplicate, rejected, or the name of the drop.",
)

# Packs: what questions read by the million, as arrays of a day ---------------------------------
# Each column of a pack holds one value an entry, big-endian and of a fixed width, in one bytea.
# Packs only grow by new ones; a job makes one of many.

PACKED_KEYS = ("actor", "session", "actor_event")  # the keys of the rollups of these names


def _packed(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


key_pack = Table(
    "key_pack",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("tier", SmallInteger, nullable=False, server_default=text("0")),
    _count("n"),
    _packed("keys"),  # int8: actors or sessions
    _packed("cells"),  # int4
    _packed("kinds"),  # int4; empty unless by event
    PrimaryKeyConstraint("project_id", "what", "day", "name", "id"),
    _one_of("what", PACKED_KEYS),
    comment="The keys of actor_day, session_day and, by name, actor_event_day.",
)

event_pack = Table(
    "event_pack",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("tier", SmallInteger, nullable=False, server_default=text("0")),
    _count("n"),
    _packed("actors"),  # int8; 0 in anonymous projects
    _packed("moments"),  # int8: microseconds since 2000-01-01 in UTC
    _packed("kinds"),  # int4
    _packed("cells"),  # int4
    _packed("sessions"),  # int8; 0 where there is none
    _packed("bins"),  # int2: of the duration; NO_BIN where there is none
    _packed("failed"),  # int2: 1 where it failed
    PrimaryKeyConstraint("project_id", "day", "name", "id"),
    comment="Every event once, by day and name, without its properties.",
)

NO_BIN = -32_768

# What people keep: segments, views, annotations -------------------------------------------------

segments = Table(
    "segments",
    metadata,
    _id(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    _created(),
    Column("counted_at", Instant),
    _count("size"),
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
    _id(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("page", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("shared_with", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    _created(),
    UniqueConstraint("project_id", "page", "person_id", "name"),
    comment="A page's address by name; shared_with holds roles, none for a personal view.",
)

ANNOTATION_KINDS = ("release", "incident", "campaign", "note")

annotations = Table(
    "annotations",
    metadata,
    _id(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant),
    Column("url", Text, nullable=False, server_default=text("''")),
    Column("external_id", Text),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    _created(),
    _one_of("kind", ANNOTATION_KINDS),
    UniqueConstraint("project_id", "external_id"),
    Index(None, "project_id", "at"),
)

completions = Table(
    "completions",
    metadata,
    _id(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("start_name", Text, nullable=False),
    Column("done_name", Text, nullable=False),
    _created(),
    UniqueConstraint("project_id", "start_name"),
    comment="Which event ends what another begins, of the same subject.",
)

# Demo data ----------------------------------------------------------------------------------

planted_truths = Table(
    "planted_truths",
    metadata,
    _id(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("where_", JSONB, nullable=False),
    Column("size", Double, nullable=False),
    Column("unit", Text, nullable=False),
    UniqueConstraint("project_id", "name"),
)
