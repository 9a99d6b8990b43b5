"""Customers, what they pay and what was spent to win them; amounts are integer cents."""

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
    Uuid,
    text,
)

from db.tables.base import Instant, created, identity, metadata, one_of

SUBSCRIPTION_STATES = ("trialing", "active", "past_due", "paused", "unpaid", "canceled")
PAYING = ("active", "past_due")  # the states whose price is part of MRR
INTERVALS = ("day", "week", "month", "year")
MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation")
PAYMENT_KINDS = ("payment", "refund")
PAYMENT_STATES = ("succeeded", "failed")
SUMMARY_PACES = ("never", "daily", "weekly", "monthly")


def name_of(name: str) -> Column[str]:
    """What something is called; empty where that isn't known."""
    return Column(name, Text, nullable=False, server_default=text("''"))


def cents(name: str) -> Column[int]:
    """An amount of money."""
    return Column(name, BigInteger, nullable=False)


customers = Table(
    "customers",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("actor_key", BigInteger),
    name_of("country"),
    name_of("channel"),
    Column("signed_up_at", Instant),
    Column("told_at", Instant),
    created(),
    Column("is_counted", Boolean, nullable=False, server_default=text("false")),
    Column("first_paid_at", Instant),
    Column("first_unpaid_at", Instant),
    PrimaryKeyConstraint("project_id", "customer_key"),
    Index(
        "ix_customers_waiting",
        "project_id",
        "customer_key",
        postgresql_where=text("NOT is_counted"),
    ),
    Index(None, "project_id", "actor_key"),
    comment="Keyed hashes of who pays, as of told_at; is_counted once the sums hold what is on "
    "record, first_paid_at when they first paid for a subscription, and first_unpaid_at when any "
    "became unpaid after that.",
)

subscription_changes = Table(
    "subscription_changes",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("subscription_key", BigInteger, nullable=False),
    Column("change_id", Uuid, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("status", Text, nullable=False),
    name_of("plan"),
    Column("currency", Text, nullable=False),
    cents("amount"),
    Column("interval", Text, nullable=False, server_default=text("'month'")),
    Column("interval_count", SmallInteger, nullable=False, server_default=text("1")),
    cents("mrr"),
    Column("is_whole", Boolean, nullable=False, server_default=text("true")),
    one_of("status", SUBSCRIPTION_STATES),
    one_of("interval", INTERVALS),
    UniqueConstraint("project_id", "change_id"),
    Index(None, "project_id", "customer_key"),
    Index(None, "project_id", "subscription_key"),
    comment="What a subscription is from an instant on: state, plan, price (amount an interval); "
    "is_whole unless a part of the price is not known, such as what is billed by use.",
)

payments = Table(
    "payments",
    metadata,
    identity(BigInteger),
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("payment_id", Uuid, nullable=False),
    Column("invoice_key", BigInteger),
    Column("occurred_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("currency", Text, nullable=False),
    cents("amount"),
    name_of("reason"),
    one_of("kind", PAYMENT_KINDS),
    one_of("status", PAYMENT_STATES),
    UniqueConstraint("project_id", "payment_id"),
    Index(None, "project_id", "occurred_at"),
    Index(None, "project_id", "customer_key"),
    comment="Tries to pay an invoice, and refunds; reason names why a try failed.",
)

spend = Table(
    "spend",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("channel", Text, nullable=False),
    Column("currency", Text, nullable=False),
    cents("amount"),
    PrimaryKeyConstraint("project_id", "day", "channel", "currency"),
    comment="Sales and marketing, by the channel that it was to win customers in.",
)

business_settings = Table(
    "business_settings",
    metadata,
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    name_of("currency"),
    Column("gross_margin", Double, nullable=False, server_default=text("0.8")),
    Column("visit_event", Text, nullable=False, server_default=text("'page_view'")),
    Column("signup_event", Text, nullable=False, server_default=text("'sign_up'")),
    Column("retained_days", SmallInteger, nullable=False, server_default=text("30")),
    Column("summary_pace", Text, nullable=False, server_default=text("'weekly'")),
    one_of("summary_pace", SUMMARY_PACES),
    CheckConstraint("gross_margin > 0 AND gross_margin <= 1", name="gross_margin"),
    CheckConstraint("retained_days BETWEEN 1 AND 365", name="retained_days"),
    comment="What the business figures of a project assume.",
)

stripe_hooks = Table(
    "stripe_hooks",
    metadata,
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("hook_id", Uuid, nullable=False, unique=True),
    Column("secret", Text, nullable=False),
    created(),
    comment="Where Stripe sends to, and the secret that its signatures are checked with.",
)

goals = Table(
    "goals",
    metadata,
    identity(),
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("metric", Text, nullable=False),
    Column("value", Double, nullable=False),
    Column("due", Date),
    Column("is_dropped", Boolean, nullable=False, server_default=text("false")),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    created(),
    UniqueConstraint("project_id", "metric"),
    comment="What a figure shall reach; rows change the defaults, is_dropped takes one away.",
)

summaries = Table(
    "summaries",
    metadata,
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("until", Date, nullable=False),
    Column("pace", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    PrimaryKeyConstraint("project_id", "until", "pace"),
    comment="Which summaries were made and put into the outbox.",
)
