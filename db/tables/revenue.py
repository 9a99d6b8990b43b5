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


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=text("''"))


def _amount(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


customers = Table(
    "customers",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("actor_key", BigInteger),
    _text("country"),
    _text("channel"),
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
    _text("plan"),
    Column("currency", Text, nullable=False),
    _amount("amount"),
    Column("interval", Text, nullable=False, server_default=text("'month'")),
    Column("interval_count", SmallInteger, nullable=False, server_default=text("1")),
    _amount("mrr"),
    one_of("status", SUBSCRIPTION_STATES),
    one_of("interval", INTERVALS),
    UniqueConstraint("project_id", "change_id"),
    Index(None, "project_id", "customer_key"),
    comment="What a subscription is from an instant on: state, plan, price (amount an interval).",
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
    _amount("amount"),
    _text("reason"),
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
    _amount("amount"),
    PrimaryKeyConstraint("project_id", "day", "channel", "currency"),
    comment="Sales and marketing, by the channel that it was to win customers in.",
)

customer_movements = Table(
    "customer_movements",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("kind", Text, nullable=False),
    _amount("amount"),
    _amount("mrr"),
    _text("country"),
    _text("channel"),
    one_of("kind", MOVEMENTS),
    PrimaryKeyConstraint("project_id", "customer_key", "currency", "month"),
    Index(
        "ix_customer_movements_losses",
        "project_id",
        "currency",
        "month",
        postgresql_where=text("kind IN ('churn', 'contraction')"),
        postgresql_include=["kind", "country", "channel", "amount"],
    ),
    comment="What a month changed for a customer: amount is signed, mrr is what it ended with.",
)

customer_plans = Table(
    "customer_plans",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("month", Date, nullable=False),
    _text("plan"),
    Column("price", BigInteger, nullable=False),
    _amount("amount"),
    Column("subscriptions", Integer, nullable=False),
    Column("started", Integer, nullable=False),
    Column("ended", Integer, nullable=False),
    PrimaryKeyConstraint("project_id", "customer_key", "currency", "month", "plan", "price"),
    comment="What a month changed of a customer's subscriptions, by plan and monthly price.",
)

customer_payments = Table(
    "customer_payments",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("month", Date, nullable=False),
    _amount("collected"),
    _amount("refunded"),
    Column("payments", Integer, nullable=False),
    Column("refunds", Integer, nullable=False),
    PrimaryKeyConstraint("project_id", "customer_key", "currency", "month"),
    comment="What a customer paid and was paid back in a month, and how often.",
)

customer_failures = Table(
    "customer_failures",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("payment_id", Uuid, nullable=False),
    Column("currency", Text, nullable=False),
    Column("failed_at", Instant, nullable=False),
    Column("paid_at", Instant),
    _amount("amount"),
    _text("reason"),
    PrimaryKeyConstraint("project_id", "customer_key", "payment_id"),
    Index(
        None,
        "project_id",
        "currency",
        "failed_at",
        postgresql_include=["paid_at", "amount", "reason"],
    ),
    comment="The first failed try of each debt, and when a later one was paid.",
)

customer_trials = Table(
    "customer_trials",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("subscription_key", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    _text("plan"),
    Column("began_at", Instant, nullable=False),
    Column("paid_at", Instant),
    Column("ended_at", Instant),
    PrimaryKeyConstraint("project_id", "customer_key", "subscription_key", "currency"),
    Index(
        None,
        "project_id",
        "currency",
        "began_at",
        postgresql_include=["paid_at", "ended_at", "plan"],
    ),
    comment="Trials: paid_at once they were paid for, ended_at since they are another state.",
)

mrr_months = Table(
    "mrr_months",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("kind", Text, nullable=False),
    _text("country"),
    _text("channel"),
    _amount("amount"),
    Column("customers", Integer, nullable=False),
    one_of("kind", MOVEMENTS),
    PrimaryKeyConstraint("project_id", "currency", "month", "kind", "country", "channel"),
    comment="Sums of customer_movements.",
)

mrr_cohorts = Table(
    "mrr_cohorts",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("cohort", Date, nullable=False),
    Column("month", Date, nullable=False),
    _amount("amount"),
    Column("customers", Integer, nullable=False),
    PrimaryKeyConstraint("project_id", "currency", "cohort", "month"),
    comment="Signed changes of what the customers pay who were new in the month `cohort`.",
)

plan_months = Table(
    "plan_months",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("month", Date, nullable=False),
    _text("plan"),
    Column("price", BigInteger, nullable=False),
    _amount("amount"),
    Column("subscriptions", Integer, nullable=False),
    Column("started", Integer, nullable=False),
    Column("ended", Integer, nullable=False),
    PrimaryKeyConstraint("project_id", "currency", "month", "plan", "price"),
    comment="Sums of customer_plans; price is the monthly price of a subscription, in cents.",
)

payment_months = Table(
    "payment_months",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("month", Date, nullable=False),
    _amount("collected"),
    _amount("refunded"),
    Column("payments", Integer, nullable=False),
    Column("refunds", Integer, nullable=False),
    PrimaryKeyConstraint("project_id", "currency", "month"),
    comment="Sums of customer_payments.",
)

business_settings = Table(
    "business_settings",
    metadata,
    Column("project_id", Integer, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    _text("currency"),
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
