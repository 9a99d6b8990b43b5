"""What the worker keeps of revenue: rows of each customer, and sums of them; in integer cents."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from db.tables.base import Instant, metadata, one_of
from db.tables.revenue import MOVEMENTS, cents, name_of

customer_movements = Table(
    "customer_movements",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("kind", Text, nullable=False),
    cents("amount"),
    cents("mrr"),
    name_of("country"),
    name_of("channel"),
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
    name_of("plan"),
    Column("price", BigInteger, nullable=False),
    cents("amount"),
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
    cents("collected"),
    cents("refunded"),
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
    cents("amount"),
    name_of("reason"),
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
    name_of("plan"),
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

customer_unpriced = Table(
    "customer_unpriced",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("subscription_key", BigInteger, nullable=False),
    PrimaryKeyConstraint("project_id", "customer_key", "subscription_key"),
    comment="Subscriptions that go on and whose price is not all known.",
)

billed_prices = Table(
    "billed_prices",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    name_of("plan"),
    Column("price", BigInteger, nullable=False),
    Column("interval", Text, nullable=False),
    Column("interval_count", SmallInteger, nullable=False),
    PrimaryKeyConstraint("project_id", "currency", "plan", "price", "interval", "interval_count"),
    comment="How often each price of a plan (cents a month) was ever billed.",
)

mrr_months = Table(
    "mrr_months",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("kind", Text, nullable=False),
    name_of("country"),
    name_of("channel"),
    cents("amount"),
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
    cents("amount"),
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
    name_of("plan"),
    Column("price", BigInteger, nullable=False),
    cents("amount"),
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
    cents("collected"),
    cents("refunded"),
    Column("payments", Integer, nullable=False),
    Column("refunds", Integer, nullable=False),
    PrimaryKeyConstraint("project_id", "currency", "month"),
    comment="Sums of customer_payments.",
)
