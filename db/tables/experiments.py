"""Experiments and flags: what is decided for whom, who was exposed to what, and what came of it."""

from itertools import combinations_with_replacement

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
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import Instant, counter, created, identity, metadata, one_of

EXPERIMENT_KINDS = ("experiment", "flag", "import")
EXPERIMENT_STATES = ("draft", "running", "stopped")
DECISIONS = ("", "shipped", "rolled_back", "inconclusive")
EXPOSURE = "exposure"  # the event that says who got which variant; its subject is the key
BUCKETS = 10_000  # parts that a hash is cut into, and that shares and weights are counted in

# What is summed over actors: the outcome y (over d, where it is a ratio), and the same two before
# the exposure, x over z; then their products, of which variances and covariances are made.
OUTCOME_SUMS = ("y", "d", "x", "z")
OUTCOME_PRODUCTS = tuple(a + b for a, b in combinations_with_replacement(OUTCOME_SUMS, 2))


def _sum(name: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default=text("0"))


def _project() -> Column[int]:
    return Column(
        "project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False
    )


def _experiment() -> Column[int]:
    return Column(
        "experiment_id", Integer, ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False
    )


def _who(name: str) -> Column[int]:
    return Column(name, Integer, ForeignKey("people.id", ondelete="SET NULL"))


def _shares() -> list[Column[int]]:
    """The buckets [share_from, share_to) whose people take part."""
    return [
        Column("share_from", Integer, nullable=False, server_default=text("0")),
        Column("share_to", Integer, nullable=False, server_default=text(str(BUCKETS))),
    ]


experiments = Table(
    "experiments",
    metadata,
    identity(),
    _project(),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("hypothesis", Text, nullable=False, server_default=text("''")),
    Column("state", Text, nullable=False, server_default=text("'draft'")),
    Column("killed", Boolean, nullable=False, server_default=text("false")),
    Column("variants", JSONB, nullable=False),
    Column("control", Text, nullable=False),
    Column("targeting", JSONB, nullable=False, server_default=text("'[]'")),
    Column("layer", Text, nullable=False, server_default=text("''")),
    *_shares(),
    Column("salt", Text, nullable=False),
    Column("metrics", JSONB, nullable=False, server_default=text("'[]'")),
    Column("plan", JSONB(none_as_null=True)),
    Column("decision", Text, nullable=False, server_default=text("''")),
    Column("decided_variant", Text, nullable=False, server_default=text("''")),
    Column("decision_note", Text, nullable=False, server_default=text("''")),
    Column("decided_at", Instant),
    _who("decided_by"),
    _who("person_id"),
    created(),
    Column("started_at", Instant),
    Column("stopped_at", Instant),
    Column("counted_at", Instant),
    one_of("kind", EXPERIMENT_KINDS),
    one_of("state", EXPERIMENT_STATES),
    one_of("decision", DECISIONS),
    CheckConstraint(
        f"0 <= share_from AND share_from <= share_to AND share_to <= {BUCKETS}", name="share"
    ),
    UniqueConstraint("project_id", "key"),
    comment="Experiments, flags (which have no metrics), and experiments that were run elsewhere.",
)

experiment_phases = Table(
    "experiment_phases",
    metadata,
    _experiment(),
    Column("number", SmallInteger, nullable=False),
    _project(),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("variants", JSONB, nullable=False),
    *_shares(),
    PrimaryKeyConstraint("experiment_id", "number"),
    comment="The times in which weights and shares stayed as they were; numbered from 1.",
)

exposures = Table(
    "exposures",
    metadata,
    _experiment(),
    Column("actor_key", BigInteger, nullable=False),
    _project(),
    Column("phase", SmallInteger, nullable=False),
    Column("variant", Text, nullable=False),
    Column("exposed_at", Instant, nullable=False),
    Column("cell_id", Integer, nullable=False),
    Column("mixed_at", Instant),  # when they were first seen in another variant; null: never
    PrimaryKeyConstraint("experiment_id", "actor_key"),
    Index(None, "experiment_id", "exposed_at"),
    Index(None, "project_id", "actor_key"),
    comment="The first exposure of each actor to an experiment.",
)

exposure_days = Table(
    "exposure_days",
    metadata,
    _experiment(),
    Column("phase", SmallInteger, nullable=False),
    Column("variant", Text, nullable=False),
    Column("day", Date, nullable=False),
    _project(),
    counter("n"),
    counter("mixed"),
    PrimaryKeyConstraint("experiment_id", "phase", "variant", "day"),
    comment="First exposures by their day; mixed: of them, seen in another variant as well.",
)

outcome_days = Table(
    "outcome_days",
    metadata,
    _experiment(),
    Column("phase", SmallInteger, nullable=False),
    Column("metric", SmallInteger, nullable=False),
    Column("dimension", Text, nullable=False, server_default=text("''")),
    Column("value", Text, nullable=False, server_default=text("''")),
    Column("variant", Text, nullable=False),
    Column("day", Date, nullable=False),
    _project(),
    counter("n"),
    *(_sum(name) for name in (*OUTCOME_SUMS, *OUTCOME_PRODUCTS)),
    PrimaryKeyConstraint(
        "experiment_id", "phase", "metric", "dimension", "value", "variant", "day"
    ),
    comment="Sums over the actors whose outcome window ended on a day, of all or by a dimension.",
)

experiment_recounts = Table(
    "experiment_recounts",
    metadata,
    identity(BigInteger),
    _experiment(),
    _project(),
    Column("exposed_at", Instant, nullable=False),
    Index(None, "experiment_id"),
    comment="Quarters of an hour whose exposures came late or were erased: to be counted anew.",
)

experiment_log = Table(
    "experiment_log",
    metadata,
    identity(BigInteger),
    Column("experiment_id", Integer, ForeignKey("experiments.id", ondelete="SET NULL")),
    _project(),
    Column("key", Text, nullable=False),
    _who("person_id"),
    Column("at", Instant, nullable=False),
    Column("action", Text, nullable=False),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Index(None, "experiment_id", "id"),
    Index(None, "project_id", "id", postgresql_where=text("experiment_id IS NULL")),
    comment="Who changed what and when; without an experiment: of one that was deleted.",
)
