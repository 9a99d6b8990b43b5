"""Runs and downloads of packages, and the sums of them that others than their people may see."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.tables.base import Instant, counter, identity, metadata, one_of

RUN_KINDS = ("run", "download")
RUN_NAMES = {"run": "package_run", "download": "package_download"}  # of the event that each is
RUN_MONTHS = 12  # for which runs are kept, or what their project keeps where that is less
AUDIENCES = ("person", "ci", "bot", "mirror")  # who downloads
OWNERS = ("package", "organisation")
STREAMS = ("runs", "downloads", "ratings")
NO_ORGANISATION = 0
COUNTS = ("n", "failures", "timed", "metered", "tokens", "credits", "score_sum", "good")
SUMS = (*COUNTS, "duration_sum")
"""What is added up of runs, downloads or ratings.

`timed` runs have a duration, `metered` ones told their tokens; `good` ratings are 4 or 5.
"""


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=text("''"))


def _sums() -> list[Column[int]]:
    """The columns of SUMS."""
    duration = Column("duration_sum", Double, nullable=False, server_default=text("0"))
    return [*(counter(name) for name in COUNTS), duration]


runs = Table(
    "runs",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("run_id", Uuid, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("batch_id", BigInteger, nullable=False),
    Column("session_key", BigInteger),
    Column("package_id", Integer, nullable=False),
    Column("organisation_id", Integer, nullable=False, server_default=text("0")),
    Column("tokens", BigInteger),
    Column("credits", Integer, nullable=False, server_default=text("0")),
    Column("request_bytes", Integer),
    Column("response_bytes", Integer),
    Column("input_length", Integer),
    Column("output_length", Integer),
    Column("duration_ms", Double),
    Column("ok", Boolean, nullable=False, server_default=text("true")),
    Column("comparison", Boolean, nullable=False, server_default=text("false")),
    Column("kind", Text, nullable=False),
    _text("version"),
    _text("model"),
    _text("team"),
    _text("error_type"),
    _text("platform"),
    _text("country"),
    _text("installer"),
    Column("audience", Text, nullable=False, server_default=text("'person'")),
    PrimaryKeyConstraint("project_id", "actor_key", "run_id", "occurred_at"),
    Index(None, "batch_id"),
    Index(None, "run_id"),
    postgresql_partition_by="RANGE (occurred_at)",
)

unpublished = Table(
    "unpublished",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_id", Integer, nullable=False),
    Column("stream", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("package_id", Integer, nullable=False),
    Column("organisation_id", Integer, nullable=False),
    _text("version"),
    _text("model"),
    _text("team"),
    _text("error_type"),
    _text("platform"),
    _text("country"),
    _text("installer"),
    _text("audience"),
    *_sums(),
    Column("block_id", BigInteger),
    one_of("owner", OWNERS),
    one_of("stream", STREAMS),
    Index("ix_unpublished_owner", "project_id", "owner", "owner_id", "stream", "day"),
    Index(None, "project_id", "actor_key"),
    comment="Sums a person and day; with the block of their total, where only cuts of it wait.",
)

published_blocks = Table(
    "published_blocks",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_id", Integer, nullable=False),
    Column("stream", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("cut", Text, nullable=False, server_default=text("''")),
    Column("through", BigInteger),
    one_of("owner", OWNERS),
    one_of("stream", STREAMS),
    Index(
        "ix_published_blocks_owner",
        *("owner", "owner_id", "stream", "cut", "first_day"),
        postgresql_include=["last_day", "id"],
    ),
    comment="Days that are published at once, never changed: one of totals (cut ''), or several of "
    "those up to the id `through`, cut one way.",
)

published_cells = Table(
    "published_cells",
    metadata,
    Column(
        "block_id",
        BigInteger,
        ForeignKey("published_blocks.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("cut", Text, nullable=False),
    Column("keys", ARRAY(Text), nullable=False),
    Column("people", Integer, nullable=False),
    *_sums(),
    PrimaryKeyConstraint("block_id", "cut", "keys"),
    comment="The cells of a block, each of enough people; together they are the block.",
)

published_people = Table(
    "published_people",
    metadata,
    Column("owner", Text, nullable=False),
    Column("owner_id", Integer, nullable=False),
    Column("stream", Text, nullable=False),
    Column("cut", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("actor_key", BigInteger, nullable=False),
    Column("project_id", Integer, nullable=False),
    Column("last_start", Date, nullable=False),
    PrimaryKeyConstraint("owner", "owner_id", "stream", "cut", "key", "actor_key"),
    Index("ix_published_people_reach", "owner", "owner_id", "stream", "cut", "key", "last_start"),
    Index(None, "project_id", "actor_key"),
    comment="Whom blocks count, with the first day of the last of them: distinct people of days.",
)

member_days = Table(
    "member_days",
    metadata,
    Column(
        "organisation_id",
        Integer,
        ForeignKey("organisations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("actor_key", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("project_id", Integer, nullable=False),
    counter("n"),
    counter("credits"),
    Column("last_at", Instant, nullable=False),
    PrimaryKeyConstraint("organisation_id", "actor_key", "day"),
    Index(None, "project_id", "actor_key"),
    comment="What members ran for their organisation, for the leaderboard of those who agree.",
)
