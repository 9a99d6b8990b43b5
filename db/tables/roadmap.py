"""What may be built: requests with votes, hypotheses, and what is told to whom."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.tables.base import Instant, counter, created, identity, metadata, one_of

REQUEST_STATES = ("open", "planned", "started", "shipped", "declined")
OPEN_REQUESTS = REQUEST_STATES[:3]  # the states of what may still be built
CLOSED_REQUESTS = REQUEST_STATES[3:]  # those of what was answered
HYPOTHESIS_STATES = ("proposed", "testing", "shipped", "confirmed", "refuted", "inconclusive")
MESSAGE_KINDS = ("digest", "shipped", "summary", "alert", "escalation")

requests = Table(
    "requests",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("external_id", Text),
    Column("title", Text, nullable=False),
    Column("details", Text, nullable=False, server_default=text("''")),
    counter("masked"),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("merged_into", Integer, ForeignKey("requests.id", ondelete="SET NULL")),
    Column("theme_id", Integer, ForeignKey("themes.id", ondelete="SET NULL")),
    Column("theme_is_set", Boolean, nullable=False, server_default=text("false")),
    Column("asked_at", Instant, nullable=False),
    Column("shipped_at", Instant),
    Column("told_at", Instant),
    Column("closed_at", Instant),
    Column("released_by", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    Column("released_at", Instant),
    Column("effort", Double),
    Column("confidence", Double),
    one_of("state", REQUEST_STATES),
    CheckConstraint("effort > 0", name="effort"),
    CheckConstraint("confidence > 0 AND confidence <= 1", name="confidence"),
    UniqueConstraint("project_id", "actor_key", "external_id"),
)

votes = Table(
    "votes",
    metadata,
    Column("request_id", Integer, ForeignKey("requests.id", ondelete="CASCADE"), nullable=False),
    Column("project_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("voted_at", Instant, nullable=False),
    PrimaryKeyConstraint("request_id", "actor_key"),
    Index(None, "project_id", "actor_key"),
    comment="Who wants a request; whoever asked for it wants it.",
)

hypotheses = Table(
    "hypotheses",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("statement", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("event", Text, nullable=False, server_default=text("''")),
    Column("subject", Text),
    Column("expected", Double, nullable=False),
    Column("guardrails", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("request_id", Integer, ForeignKey("requests.id", ondelete="SET NULL")),
    Column("theme_id", Integer, ForeignKey("themes.id", ondelete="SET NULL")),
    Column("annotation_id", Integer, ForeignKey("annotations.id", ondelete="SET NULL")),
    Column("experiment", Text, nullable=False, server_default=text("''")),
    Column("state", Text, nullable=False, server_default=text("'proposed'")),
    Column("shipped_at", Instant),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    created(),
    one_of("state", HYPOTHESIS_STATES),
    Index(None, "project_id"),
    comment="What is believed, the relative change that is expected, and what must not suffer.",
)

plan_prices = Table(
    "plan_prices",
    metadata,
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("plan", Text, nullable=False),
    Column("monthly_cents", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    PrimaryKeyConstraint("project_id", "plan"),
    CheckConstraint("monthly_cents >= 0", name="monthly_cents"),
    comment="What a person on a plan pays a month.",
)

notices = Table(
    "notices",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("request_id", Integer, ForeignKey("requests.id", ondelete="CASCADE"), nullable=False),
    created(),
    Column("seen_at", Instant),
    UniqueConstraint("request_id", "actor_key"),
    Index(None, "project_id", "actor_key"),
    comment="What a person is told of a request that they wanted.",
)

targets = Table(
    "targets",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("kinds", ARRAY(Text), nullable=False),
    created(),
    UniqueConstraint("project_id", "name"),
    comment="Where messages go: an address of apprise, which is a secret.",
)

messages = Table(
    "messages",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("target_id", Integer, ForeignKey("targets.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("markdown", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("attachment", LargeBinary),
    Column("attachment_name", Text, nullable=False, server_default=text("''")),
    created(),
    counter("tries"),
    Column("due_at", Instant),
    Column("sent_at", Instant),
    Column("error", Text, nullable=False, server_default=text("''")),
    one_of("kind", MESSAGE_KINDS),
    UniqueConstraint("target_id", "kind", "about"),
    Index("ix_messages_due", "due_at", postgresql_where=text("sent_at IS NULL")),
    comment="What is sent to a target, once for what it is about.",
)

digests = Table(
    "digests",
    metadata,
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("week", Date, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("markdown", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("figures", JSONB, nullable=False),
    PrimaryKeyConstraint("project_id", "week"),
    comment="The summary of the week that begins on a Monday.",
)

page_ratings = Table(
    "page_ratings",
    metadata,
    Column("person_id", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("page", Text, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text, nullable=False, server_default=text("''")),
    Column("said_at", Instant, nullable=False),
    PrimaryKeyConstraint("person_id", "page"),
    comment="What colleagues say about our own pages.",
)
