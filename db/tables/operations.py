"""How systems do: requests, AI calls, errors, probes, gauges and support tickets."""

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
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import Instant, counter, created, identity, metadata, one_of

INSTALLATION = 0  # the project_id of what belongs to the installation itself
ERROR_STATES = ("open", "resolved", "ignored")
PROBE_KINDS = ("http", "tcp", "postgres", "certificate")
SLO_KINDS = ("uptime", "errors", "latency")
TICKET_PRIORITIES = ("low", "normal", "high", "urgent")
AI_NAMES = ("ai_request", "voice_request", "transcription", "tts", "conversation")


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=text("''"))


request_stats = Table(
    "request_stats",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("minutes", SmallInteger, nullable=False, server_default=text("1")),
    counter("n"),
    counter("failures"),
    counter("refused"),
    counter("cache_hits"),
    counter("cache_misses"),
    Column("duration_sum", Double, nullable=False, server_default=text("0")),
    Column("bins", LargeBinary, nullable=False),  # int2, big-endian: of durations
    Column("counts", LargeBinary, nullable=False),  # int4, big-endian: requests of each bin
    Column("errors", JSONB, nullable=False, server_default=text("'{}'")),
    Index(None, "project_id", "at"),
    comment="Requests of a minute, or of an hour once that is past, by endpoint; rows add up. "
    "failures are answers of 500 and above, refused those of 400 to 499; errors counts each kind.",
)

request_reports = Table(
    "request_reports",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("report_id", Uuid, nullable=False),
    Column("received_at", Instant, nullable=False),
    PrimaryKeyConstraint("project_id", "report_id"),
    comment="What was reported lately, so that a report that comes again is not added again.",
)

ai_days = Table(
    "ai_days",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("model", Text, nullable=False),
    counter("n"),
    counter("failures"),
    counter("request_bytes"),
    counter("response_bytes"),
    counter("sized"),
    counter("tokens"),
    counter("metered"),
    counter("corrected"),
    counter("correctable"),
    counter("repeated"),
    counter("repeatable"),
    counter("followed_up"),
    counter("followable"),
    counter("completed"),
    counter("completable"),
    PrimaryKeyConstraint("project_id", "day", "name", "model"),
    comment="AI calls of a day; each count beside the number of calls that told of it.",
)

ai_bins = Table(
    "ai_bins",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("bin", SmallInteger, nullable=False),
    counter("n"),
    PrimaryKeyConstraint("project_id", "day", "name", "model", "bin"),
    comment="Durations of AI calls by model, in the bins of those of events.",
)

event_minutes = Table(
    "event_minutes",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("minute", Instant, nullable=False),
    Column("name", Text, nullable=False),
    counter("n"),
    counter("failures"),
    PrimaryKeyConstraint("project_id", "minute", "name"),
    comment="Events of the last days, for what looks at minutes.",
)

error_groups = Table(
    "error_groups",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    _text("error_type"),
    _text("title"),
    _text("name"),
    _text("subject"),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    _text("first_release"),
    _text("last_release"),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("resolved_at", Instant),
    _text("resolved_release"),
    Column("regressed_at", Instant),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    one_of("state", ERROR_STATES),
    PrimaryKeyConstraint("project_id", "fingerprint"),
    Index(None, "project_id", "last_seen"),
    comment="Failures that have the same cause, as far as type, place and masked message tell.",
)

error_hours = Table(
    "error_hours",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    _text("app_version"),
    counter("n"),
    PrimaryKeyConstraint("project_id", "hour", "fingerprint", "app_version"),
    Index(None, "project_id", "fingerprint", "hour"),
)

error_people = Table(
    "error_people",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    counter("n"),
    PrimaryKeyConstraint("project_id", "day", "fingerprint", "actor_key"),
    Index(None, "project_id", "actor_key"),
    comment="Whom failures met, by day.",
)

probes = Table(
    "probes",
    metadata,
    identity(),
    Column("project_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("every_seconds", Integer, nullable=False, server_default=text("60")),
    Column("timeout_seconds", Double, nullable=False, server_default=text("10")),
    Column("expected_status", SmallInteger),
    _text("expected_text"),
    Column("minimum_days", SmallInteger, nullable=False, server_default=text("14")),
    Column("is_paused", Boolean, nullable=False, server_default=text("false")),
    Column("due_at", Instant),
    created(),
    one_of("kind", PROBE_KINDS),
    CheckConstraint("every_seconds BETWEEN 10 AND 86400", name="every_seconds"),
    UniqueConstraint("project_id", "name"),
    comment="What is looked at, and how often; an address may hold a password and is never told.",
)

probe_results = Table(
    "probe_results",
    metadata,
    Column("probe_id", Integer, ForeignKey("probes.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("duration_ms", Double),
    Column("days_left", Double),
    _text("reason"),
    PrimaryKeyConstraint("probe_id", "at"),
    comment="Of the last days; probe_hours has the sums for longer.",
)

probe_hours = Table(
    "probe_hours",
    metadata,
    Column("probe_id", Integer, ForeignKey("probes.id", ondelete="CASCADE"), nullable=False),
    Column("hour", Instant, nullable=False),
    counter("n"),
    counter("good"),
    Column("duration_sum", Double, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("probe_id", "hour"),
)

slos = Table(
    "slos",
    metadata,
    identity(),
    Column("project_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("probe_id", Integer, ForeignKey("probes.id", ondelete="CASCADE")),
    _text("service"),
    _text("endpoint"),
    Column("threshold_ms", Double),
    Column("objective", Double, nullable=False),
    Column("days", SmallInteger, nullable=False, server_default=text("30")),
    created(),
    one_of("kind", SLO_KINDS),
    CheckConstraint("objective > 0 AND objective < 1", name="objective"),
    CheckConstraint("days BETWEEN 1 AND 90", name="days"),
    UniqueConstraint("project_id", "name"),
    comment="Which share shall be good: of probes, of requests, or of requests within a time.",
)

gauges = Table(
    "gauges",
    metadata,
    Column("name", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("value", Double, nullable=False),
    PrimaryKeyConstraint("name", "host", "subject", "at"),
    Index(None, "at"),
    comment="What is measured of hosts, processes and the database, minute by minute.",
)

tickets = Table(
    "tickets",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("first_response_at", Instant),
    Column("resolved_at", Instant),
    _text("topic"),
    _text("channel"),
    Column("priority", Text, nullable=False, server_default=text("'normal'")),
    Column("csat", SmallInteger),
    Column("actor_key", BigInteger),
    Column("updated_at", Instant, nullable=False),
    one_of("priority", TICKET_PRIORITIES),
    CheckConstraint("csat BETWEEN 1 AND 5", name="csat"),
    PrimaryKeyConstraint("project_id", "ticket_id"),
    Index(None, "project_id", "opened_at"),
    Index(None, "project_id", "resolved_at"),
    Index(None, "project_id", "actor_key"),
    comment="Requests for help, without their words.",
)
