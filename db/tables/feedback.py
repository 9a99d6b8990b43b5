"""What people say: ratings, answers and comments, what they are about, and who acts on them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Double,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from db.tables.base import (
    Instant,
    counter,
    created,
    dimension_columns,
    identity,
    metadata,
    one_of,
)

FEEDBACK_KINDS = ("rating", "nps", "csat", "ces", "choice", "text")
SENTIMENTS = ("positive", "neutral", "negative", "not_scored")
FEEDBACK_STATES = ("new", "seen", "answered", "shipped")
THEME_KINDS = ("praise", "pain", "request")

feedback = Table(
    "feedback",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("interaction", Text, nullable=False, server_default=text("''")),
    Column("survey_id", Integer, ForeignKey("surveys.id", ondelete="CASCADE")),
    Column("question", SmallInteger),
    Column("said_at", Instant, nullable=False),
    Column("changed_at", Instant),
    Column("score", SmallInteger),
    Column("helpful", Boolean),
    Column("choices", ARRAY(Text)),
    Column("comment", Text),
    Column("context", JSONB(none_as_null=True)),
    counter("masked"),
    Column("subject", Text, nullable=False, server_default=text("''")),
    Column("package", Text, nullable=False, server_default=text("''")),
    Column("package_id", Integer, ForeignKey("packages.id", ondelete="SET NULL")),
    Column("organisation_id", Integer, nullable=False, server_default=text("0")),
    Column("model", Text, nullable=False, server_default=text("''")),
    Column("published", Boolean, nullable=False, server_default=text("false")),
    *dimension_columns(),
    Column("language", Text),
    Column("compound", Double),
    Column("sentiment", Text),
    Column("lexicon", Text),
    Column("corrected", Text),
    Column("corrected_by", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    Column("state", Text, nullable=False, server_default=text("'new'")),
    Column("assignee_id", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    Column("released_by", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    Column("released_at", Instant),
    Column(
        "words",
        TSVECTOR,
        Computed("to_tsvector('english'::regconfig, coalesce(comment, ''))", persisted=True),
    ),
    one_of("kind", FEEDBACK_KINDS),
    one_of("sentiment", SENTIMENTS),
    one_of("corrected", SENTIMENTS[:3]),
    one_of("state", FEEDBACK_STATES),
    Index(
        "ix_feedback_interaction",
        "project_id",
        "actor_key",
        "interaction",
        unique=True,
        postgresql_where=text("interaction <> ''"),
    ),
    Index(None, "project_id", "said_at"),
    Index("ix_feedback_words", "words", postgresql_using="gin"),
    Index(
        "ix_feedback_package",
        "package_id",
        "said_at",
        postgresql_where=text("package_id IS NOT NULL"),
    ),
    Index(
        "ix_feedback_own",
        "project_id",
        "actor_key",
        postgresql_where=text("package_id IS NOT NULL"),
    ),
    Index(
        "ix_feedback_unpublished",
        "project_id",
        "said_at",
        postgresql_where=text("package_id IS NOT NULL AND score IS NOT NULL AND NOT published"),
    ),
    Index(
        "ix_feedback_unscored",
        "id",
        postgresql_where=text("comment IS NOT NULL AND lexicon IS NULL"),
    ),
    comment="One row a rating or an answer to a question; actor_key is 0 where nobody is known.",
)

feedback_history = Table(
    "feedback_history",
    metadata,
    identity(BigInteger),
    Column(
        "feedback_id", BigInteger, ForeignKey("feedback.id", ondelete="CASCADE"), nullable=False
    ),
    Column("score", SmallInteger),
    Column("helpful", Boolean),
    Column("comment", Text),
    Column("said_at", Instant, nullable=False),
    Column("replaced_at", Instant, nullable=False),
    Index(None, "feedback_id"),
    comment="What was said before it was replaced.",
)

surveys = Table(
    "surveys",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("questions", JSONB, nullable=False),
    Column("segment_id", Integer),
    Column("role", Text, nullable=False, server_default=text("''")),
    Column("event", Text, nullable=False, server_default=text("''")),
    Column("sample", Double, nullable=False, server_default=text("1")),
    Column("quiet_days", Integer, nullable=False, server_default=text("90")),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    created(),
    CheckConstraint("sample > 0 AND sample <= 1", name="sample"),
    CheckConstraint("quiet_days >= 0", name="quiet_days"),
    UniqueConstraint("project_id", "name"),
    comment="segment_id outlives its segment: a survey of one that is gone is for nobody.",
)

invitations = Table(
    "invitations",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("survey_id", Integer, ForeignKey("surveys.id", ondelete="CASCADE"), nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("shown_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Index(None, "project_id", "actor_key", "shown_at"),
    Index(None, "survey_id", "shown_at"),
    comment="To whom a survey was shown, and who answered it.",
)

themes = Table(
    "themes",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("is_named", Boolean, nullable=False, server_default=text("false")),
    Column("is_pinned", Boolean, nullable=False, server_default=text("false")),
    Column("merged_into", Integer, ForeignKey("themes.id", ondelete="CASCADE")),
    Column("terms", JSONB, nullable=False),
    Column("effort", Double),
    Column("confidence", Double),
    created(),
    Column("found_at", Instant, nullable=False),
    one_of("kind", THEME_KINDS),
    CheckConstraint("effort > 0", name="effort"),
    CheckConstraint("confidence > 0 AND confidence <= 1", name="confidence"),
    Index(None, "project_id"),
    comment="What comments are about; terms weigh the words by which the next run knows it again.",
)

feedback_themes = Table(
    "feedback_themes",
    metadata,
    Column(
        "feedback_id", BigInteger, ForeignKey("feedback.id", ondelete="CASCADE"), nullable=False
    ),
    Column("theme_id", Integer, ForeignKey("themes.id", ondelete="CASCADE"), nullable=False),
    Column("weight", Double, nullable=False),
    PrimaryKeyConstraint("feedback_id", "theme_id"),
    Index(None, "theme_id"),
)

theme_runs = Table(
    "theme_runs",
    metadata,
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("looked_at", Instant, nullable=False),
    Column("basis", JSONB, nullable=False),
    comment="When a project's themes were last looked for, and how much was said by then.",
)
