"""Alert rules, what they said and when; incidents; and the log of administrative acts."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.tables.base import Instant, counter, created, identity, metadata, one_of

ALERT_KINDS = ("threshold", "change", "anomaly", "no_data", "burn")
SEVERITIES = ("info", "warning", "critical")
ALERT_ACTS = (
    "fired",
    "notified",
    "acknowledged",
    "snoozed",
    "escalated",
    "resolved",
    "commented",
)
INCIDENT_STATES = ("investigating", "identified", "monitoring", "resolved")
AUDIT_PLACES = ("dashboard", "api", "command", "worker")
SECURITY_KINDS = (
    "failed_sign_in",
    "unknown_key",
    "wrong_scope",
    "unknown_token",
    "bad_signature",
    "rate_limited",
    "exports",
    "exported_rows",
)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=text("''"))


def _person(name: str = "person_id") -> Column[int]:
    return Column(name, Integer, ForeignKey("people.id", ondelete="SET NULL"))


alert_rules = Table(
    "alert_rules",
    metadata,
    identity(),
    Column("project_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("asked", JSONB, nullable=False, server_default=text("'{}'")),
    Column("kind", Text, nullable=False),
    Column("above", Boolean, nullable=False, server_default=text("true")),
    Column("value", Double),
    Column("recovery", Double),
    Column("window_minutes", Integer, nullable=False),
    Column("delay_minutes", Integer, nullable=False, server_default=text("0")),
    Column("clear_minutes", Integer, nullable=False, server_default=text("0")),
    Column("minimum", Integer, nullable=False, server_default=text("0")),
    Column("every_minutes", Integer, nullable=False, server_default=text("1")),
    Column("days", ARRAY(SmallInteger), nullable=False, server_default=text("'{1,2,3,4,5,6,7}'")),
    Column("from_hour", SmallInteger, nullable=False, server_default=text("0")),
    Column("to_hour", SmallInteger, nullable=False, server_default=text("24")),
    Column("severity", Text, nullable=False, server_default=text("'warning'")),
    Column("escalate_minutes", Integer),
    Column("is_paused", Boolean, nullable=False, server_default=text("false")),
    _text("default_key"),
    _person(),
    created(),
    one_of("kind", ALERT_KINDS),
    one_of("severity", SEVERITIES),
    CheckConstraint("window_minutes BETWEEN 1 AND 129600", name="window_minutes"),
    CheckConstraint("every_minutes BETWEEN 1 AND 1440", name="every_minutes"),
    UniqueConstraint("project_id", "name"),
    comment="When to tell: what a metric does in a window, and for how long (delay_minutes).",
)

alert_states = Table(
    "alert_states",
    metadata,
    Column("rule_id", Integer, ForeignKey("alert_rules.id", ondelete="CASCADE"), primary_key=True),
    Column("evaluated_until", Instant, nullable=False),
    Column("value", Double),
    Column("bad_since", Instant),
    Column("good_since", Instant),
    Column("episode_id", BigInteger),
    comment="How far a rule has been looked at; the next look goes on from there.",
)

alert_episodes = Table(
    "alert_episodes",
    metadata,
    identity(BigInteger),
    Column("rule_id", Integer, ForeignKey("alert_rules.id", ondelete="CASCADE"), nullable=False),
    Column("project_id", Integer, nullable=False),
    Column("severity", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("value", Double),
    Column("worst", Double),
    Column("notified_at", Instant),
    Column("acknowledged_at", Instant),
    Column("snoozed_until", Instant),
    Column("escalated_at", Instant),
    Column("resolved_at", Instant),
    Column("incident_id", Integer, ForeignKey("incidents.id", ondelete="SET NULL")),
    Index(None, "project_id", "started_at"),
    Index(
        "ix_alert_episodes_open",
        "rule_id",
        unique=True,
        postgresql_where=text("resolved_at IS NULL"),
    ),
    comment="From when a rule fired until it was well again; at most one of a rule is open.",
)

alert_history = Table(
    "alert_history",
    metadata,
    identity(BigInteger),
    Column(
        "episode_id",
        BigInteger,
        ForeignKey("alert_episodes.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("at", Instant, nullable=False),
    Column("act", Text, nullable=False),
    _person(),
    _text("note"),
    one_of("act", ALERT_ACTS),
    Index(None, "episode_id", "at"),
)

incidents = Table(
    "incidents",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'investigating'")),
    Column("started_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("annotation_id", Integer, ForeignKey("annotations.id", ondelete="SET NULL")),
    _person(),
    created(),
    one_of("severity", SEVERITIES),
    one_of("state", INCIDENT_STATES),
    Index(None, "project_id", "started_at"),
)

incident_updates = Table(
    "incident_updates",
    metadata,
    identity(BigInteger),
    Column("incident_id", Integer, ForeignKey("incidents.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    _text("note"),
    _person(),
    one_of("state", INCIDENT_STATES),
    Index(None, "incident_id", "at"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("person_id", Integer),
    Column("place", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("project_id", Integer),
    _text("about"),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Column("hash", LargeBinary, nullable=False),
    one_of("place", AUDIT_PLACES),
    Index(None, "at"),
    comment="Who did what, numbered without gaps; each hash is over the row and the hash before.",
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("last_id", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="only_one"),
    comment="The end of the audit log: one row, locked while the log grows.",
)

security_hours = Table(
    "security_hours",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    counter("n"),
    one_of("kind", SECURITY_KINDS),
    PrimaryKeyConstraint("project_id", "hour", "kind"),
    comment="What may be an attack, counted by hour; project 0 where no project is known.",
)
