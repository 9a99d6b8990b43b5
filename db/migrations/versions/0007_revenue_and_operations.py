"""Revenue, operations, alerts and the audit log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

# The audit log grows and is never changed, whatever statement somebody lets loose on it.
AUDIT_STAYS = """
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'The audit log is never changed.'; END $$
"""
STAYING = (
    "CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()",
    "CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()",
)


def upgrade() -> None:
    op.create_table('duration_day',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('bin', sa.SmallInteger(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'kind_id', 'bin', name=op.f('pk_duration_day')),
    comment='Durations of whole days: a twentieth of the rows that the hours have.'
    )
    op.create_table('ai_bins',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('bin', sa.SmallInteger(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'name', 'model', 'bin', name=op.f('pk_ai_bins')),
    comment='Durations of AI calls by model, in the bins of duration_bin.'
    )
    op.create_table('ai_days',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('failures', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('request_bytes', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('response_bytes', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('sized', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('tokens', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('metered', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('corrected', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('correctable', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('repeated', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('repeatable', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('followed_up', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('followable', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('completed', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('completable', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'name', 'model', name=op.f('pk_ai_days')),
    comment='AI calls of a day; each count beside the number of calls that told of it.'
    )
    op.create_table('audit_head',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('last_id', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_audit_head_only_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head')),
    comment='The end of the audit log: one row, locked while the log grows.'
    )
    op.create_table('audit_log',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=True),
    sa.Column('about', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("place IN ('dashboard', 'api', 'command', 'worker')", name=op.f('ck_audit_log_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log')),
    comment='Who did what, numbered without gaps; each hash is over the row and the hash before.'
    )
    op.create_index(op.f('ix_audit_log_at'), 'audit_log', ['at'], unique=False)
    op.create_table('customer_movements',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('mrr', sa.BigInteger(), nullable=False),
    sa.Column('country', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('channel', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.CheckConstraint("kind IN ('new', 'expansion', 'contraction', 'churn', 'reactivation')", name=op.f('ck_customer_movements_kind')),
    sa.PrimaryKeyConstraint('project_id', 'customer_key', 'currency', 'month', name=op.f('pk_customer_movements')),
    comment='What a month changed for a customer: amount is signed, mrr is what it ended with.'
    )
    op.create_index('ix_customer_movements_losses', 'customer_movements', ['project_id', 'currency', 'month'], unique=False, postgresql_where=sa.text("kind IN ('churn', 'contraction')"), postgresql_include=['kind', 'country', 'channel', 'amount'])
    op.create_table('customer_failures',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.BigInteger(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'customer_key', 'payment_id', name=op.f('pk_customer_failures')),
    comment='The first failed try of each debt, and when a later one was paid.'
    )
    op.create_index(op.f('ix_customer_failures_project_id_currency_failed_at'), 'customer_failures', ['project_id', 'currency', 'failed_at'], unique=False, postgresql_include=['paid_at', 'amount', 'reason'])
    op.create_table('customer_payments',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('collected', sa.BigInteger(), nullable=False),
    sa.Column('refunded', sa.BigInteger(), nullable=False),
    sa.Column('payments', sa.Integer(), nullable=False),
    sa.Column('refunds', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'customer_key', 'currency', 'month', name=op.f('pk_customer_payments')),
    comment='What a customer paid and was paid back in a month, and how often.'
    )
    op.create_table('customer_trials',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.BigInteger(), nullable=False),
    sa.Column('subscription_key', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('plan', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('project_id', 'customer_key', 'subscription_key', 'currency', name=op.f('pk_customer_trials')),
    comment='Trials: paid_at once they were paid for, ended_at since they are another state.'
    )
    op.create_index(op.f('ix_customer_trials_project_id_currency_began_at'), 'customer_trials', ['project_id', 'currency', 'began_at'], unique=False, postgresql_include=['paid_at', 'ended_at', 'plan'])
    op.create_table('payment_months',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('collected', sa.BigInteger(), nullable=False),
    sa.Column('refunded', sa.BigInteger(), nullable=False),
    sa.Column('payments', sa.Integer(), nullable=False),
    sa.Column('refunds', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'currency', 'month', name=op.f('pk_payment_months')),
    comment='Sums of customer_payments.'
    )
    op.create_table('customer_plans',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('plan', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('subscriptions', sa.Integer(), nullable=False),
    sa.Column('started', sa.Integer(), nullable=False),
    sa.Column('ended', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'customer_key', 'currency', 'month', 'plan', 'price', name=op.f('pk_customer_plans')),
    comment="What a month changed of a customer's subscriptions, by plan and monthly price."
    )
    op.create_table('customers',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.BigInteger(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=True),
    sa.Column('country', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('channel', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('signed_up_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('is_counted', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('first_paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_unpaid_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('project_id', 'customer_key', name=op.f('pk_customers')),
    comment='Keyed hashes of who pays, as of told_at; is_counted once the sums hold what is on record, first_paid_at when they first paid for a subscription, and first_unpaid_at when any became unpaid after that.'
    )
    op.create_index(op.f('ix_customers_project_id_actor_key'), 'customers', ['project_id', 'actor_key'], unique=False)
    op.create_index('ix_customers_waiting', 'customers', ['project_id', 'customer_key'], unique=False, postgresql_where=sa.text('NOT is_counted'))
    op.create_table('error_hours',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('hour', sa.DateTime(timezone=True), nullable=False),
    sa.Column('fingerprint', sa.BigInteger(), nullable=False),
    sa.Column('app_version', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'hour', 'fingerprint', 'app_version', name=op.f('pk_error_hours'))
    )
    op.create_index(op.f('ix_error_hours_project_id_fingerprint_hour'), 'error_hours', ['project_id', 'fingerprint', 'hour'], unique=False)
    op.create_table('error_people',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'fingerprint', 'actor_key', name=op.f('pk_error_people')),
    comment='Whom failures met, by day.'
    )
    op.create_index(op.f('ix_error_people_project_id_actor_key'), 'error_people', ['project_id', 'actor_key'], unique=False)
    op.create_table('event_minutes',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('minute', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('failures', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'minute', 'name', name=op.f('pk_event_minutes')),
    comment='Events of the last days, for what looks at minutes.'
    )
    op.create_table('gauges',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('name', 'host', 'subject', 'at', name=op.f('pk_gauges')),
    comment='What is measured of hosts, processes and the database, minute by minute.'
    )
    op.create_index(op.f('ix_gauges_at'), 'gauges', ['at'], unique=False)
    op.create_table('mrr_cohorts',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('cohort', sa.Date(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('customers', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'currency', 'cohort', 'month', name=op.f('pk_mrr_cohorts')),
    comment='Signed changes of what the customers pay who were new in the month `cohort`.'
    )
    op.create_table('mrr_months',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('channel', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('customers', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('new', 'expansion', 'contraction', 'churn', 'reactivation')", name=op.f('ck_mrr_months_kind')),
    sa.PrimaryKeyConstraint('project_id', 'currency', 'month', 'kind', 'country', 'channel', name=op.f('pk_mrr_months')),
    comment='Sums of customer_movements.'
    )
    op.create_table('payments',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.BigInteger(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_key', sa.BigInteger(), nullable=True),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.CheckConstraint("kind IN ('payment', 'refund')", name=op.f('ck_payments_kind')),
    sa.CheckConstraint("status IN ('succeeded', 'failed')", name=op.f('ck_payments_status')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
    sa.UniqueConstraint('project_id', 'payment_id', name=op.f('uq_payments_project_id_payment_id')),
    comment='Tries to pay an invoice, and refunds; reason names why a try failed.'
    )
    op.create_index(op.f('ix_payments_project_id_customer_key'), 'payments', ['project_id', 'customer_key'], unique=False)
    op.create_index(op.f('ix_payments_project_id_occurred_at'), 'payments', ['project_id', 'occurred_at'], unique=False)
    op.create_table('plan_months',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('plan', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('subscriptions', sa.Integer(), nullable=False),
    sa.Column('started', sa.Integer(), nullable=False),
    sa.Column('ended', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'currency', 'month', 'plan', 'price', name=op.f('pk_plan_months')),
    comment='Sums of customer_plans; price is the monthly price of a subscription, in cents.'
    )
    op.create_table('probes',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('every_seconds', sa.Integer(), server_default=sa.text('60'), nullable=False),
    sa.Column('timeout_seconds', sa.Double(), server_default=sa.text('10'), nullable=False),
    sa.Column('expected_status', sa.SmallInteger(), nullable=True),
    sa.Column('expected_text', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('minimum_days', sa.SmallInteger(), server_default=sa.text('14'), nullable=False),
    sa.Column('is_paused', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('http', 'tcp', 'postgres', 'certificate')", name=op.f('ck_probes_kind')),
    sa.CheckConstraint('every_seconds BETWEEN 10 AND 86400', name=op.f('ck_probes_every_seconds')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_probes')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_probes_project_id_name')),
    comment='What is looked at, and how often; an address may hold a password and is never told.'
    )
    op.create_table('request_reports',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'report_id', name=op.f('pk_request_reports')),
    comment='What was reported lately, so that a report that comes again is not added again.'
    )
    op.create_table('request_stats',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('service', sa.Text(), nullable=False),
    sa.Column('endpoint', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.SmallInteger(), server_default=sa.text('1'), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('failures', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('refused', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('cache_hits', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('cache_misses', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('duration_sum', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('bins', sa.LargeBinary(), nullable=False),
    sa.Column('counts', sa.LargeBinary(), nullable=False),
    sa.Column('errors', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request_stats')),
    comment='Requests of a minute, or of an hour once that is past, by endpoint; rows add up. failures are answers of 500 and above, refused those of 400 to 499; errors counts each kind.'
    )
    op.create_index(op.f('ix_request_stats_project_id_at'), 'request_stats', ['project_id', 'at'], unique=False)
    op.create_table('security_hours',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('hour', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.CheckConstraint("kind IN ('failed_sign_in', 'unknown_key', 'wrong_scope', 'unknown_token', 'bad_signature', 'rate_limited', 'exports', 'exported_rows')", name=op.f('ck_security_hours_kind')),
    sa.PrimaryKeyConstraint('project_id', 'hour', 'kind', name=op.f('pk_security_hours')),
    comment='What may be an attack, counted by hour; project 0 where no project is known.'
    )
    op.create_table('spend',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'channel', 'currency', name=op.f('pk_spend')),
    comment='Sales and marketing, by the channel that it was to win customers in.'
    )
    op.create_table('subscription_changes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.BigInteger(), nullable=False),
    sa.Column('subscription_key', sa.BigInteger(), nullable=False),
    sa.Column('change_id', sa.Uuid(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('plan', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('interval', sa.Text(), server_default=sa.text("'month'"), nullable=False),
    sa.Column('interval_count', sa.SmallInteger(), server_default=sa.text('1'), nullable=False),
    sa.Column('mrr', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("interval IN ('day', 'week', 'month', 'year')", name=op.f('ck_subscription_changes_interval')),
    sa.CheckConstraint("status IN ('trialing', 'active', 'past_due', 'paused', 'unpaid', 'canceled')", name=op.f('ck_subscription_changes_status')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription_changes')),
    sa.UniqueConstraint('project_id', 'change_id', name=op.f('uq_subscription_changes_project_id_change_id')),
    comment='What a subscription is from an instant on: state, plan, price (amount an interval).'
    )
    op.create_index(op.f('ix_subscription_changes_project_id_customer_key'), 'subscription_changes', ['project_id', 'customer_key'], unique=False)
    op.create_index(op.f('ix_subscription_changes_project_id_subscription_key'), 'subscription_changes', ['project_id', 'subscription_key'], unique=False)
    op.create_table('tickets',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_response_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('topic', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('channel', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('priority', sa.Text(), server_default=sa.text("'normal'"), nullable=False),
    sa.Column('csat', sa.SmallInteger(), nullable=True),
    sa.Column('actor_key', sa.BigInteger(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name=op.f('ck_tickets_priority')),
    sa.CheckConstraint('csat BETWEEN 1 AND 5', name=op.f('ck_tickets_csat')),
    sa.PrimaryKeyConstraint('project_id', 'ticket_id', name=op.f('pk_tickets')),
    comment='Requests for help, without their words.'
    )
    op.create_index(op.f('ix_tickets_project_id_actor_key'), 'tickets', ['project_id', 'actor_key'], unique=False)
    op.create_index(op.f('ix_tickets_project_id_opened_at'), 'tickets', ['project_id', 'opened_at'], unique=False)
    op.create_index(op.f('ix_tickets_project_id_resolved_at'), 'tickets', ['project_id', 'resolved_at'], unique=False)
    op.create_table('alert_rules',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('metric', sa.Text(), nullable=False),
    sa.Column('asked', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('above', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('value', sa.Double(), nullable=True),
    sa.Column('recovery', sa.Double(), nullable=True),
    sa.Column('window_minutes', sa.Integer(), nullable=False),
    sa.Column('delay_minutes', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('clear_minutes', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('minimum', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('every_minutes', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('days', postgresql.ARRAY(sa.SmallInteger()), server_default=sa.text("'{1,2,3,4,5,6,7}'"), nullable=False),
    sa.Column('from_hour', sa.SmallInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('to_hour', sa.SmallInteger(), server_default=sa.text('24'), nullable=False),
    sa.Column('severity', sa.Text(), server_default=sa.text("'warning'"), nullable=False),
    sa.Column('escalate_minutes', sa.Integer(), nullable=True),
    sa.Column('is_paused', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('default_key', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('threshold', 'change', 'anomaly', 'no_data', 'burn')", name=op.f('ck_alert_rules_kind')),
    sa.CheckConstraint("severity IN ('info', 'warning', 'critical')", name=op.f('ck_alert_rules_severity')),
    sa.CheckConstraint('every_minutes BETWEEN 1 AND 1440', name=op.f('ck_alert_rules_every_minutes')),
    sa.CheckConstraint('window_minutes BETWEEN 1 AND 129600', name=op.f('ck_alert_rules_window_minutes')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_alert_rules_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_rules')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_alert_rules_project_id_name')),
    comment='When to tell: what a metric does in a window, and for how long (delay_minutes).'
    )
    op.create_table('business_settings',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('gross_margin', sa.Double(), server_default=sa.text('0.8'), nullable=False),
    sa.Column('visit_event', sa.Text(), server_default=sa.text("'page_view'"), nullable=False),
    sa.Column('signup_event', sa.Text(), server_default=sa.text("'sign_up'"), nullable=False),
    sa.Column('retained_days', sa.SmallInteger(), server_default=sa.text('30'), nullable=False),
    sa.Column('summary_pace', sa.Text(), server_default=sa.text("'weekly'"), nullable=False),
    sa.CheckConstraint("summary_pace IN ('never', 'daily', 'weekly', 'monthly')", name=op.f('ck_business_settings_summary_pace')),
    sa.CheckConstraint('gross_margin > 0 AND gross_margin <= 1', name=op.f('ck_business_settings_gross_margin')),
    sa.CheckConstraint('retained_days BETWEEN 1 AND 365', name=op.f('ck_business_settings_retained_days')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_business_settings_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', name=op.f('pk_business_settings')),
    comment='What the business figures of a project assume.'
    )
    op.create_table('error_groups',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.BigInteger(), nullable=False),
    sa.Column('error_type', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('title', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('name', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('subject', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('first_seen', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_release', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('last_release', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('state', sa.Text(), server_default=sa.text("'open'"), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_release', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('regressed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'resolved', 'ignored')", name=op.f('ck_error_groups_state')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_error_groups_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('project_id', 'fingerprint', name=op.f('pk_error_groups')),
    comment='Failures that have the same cause, as far as type, place and masked message tell.'
    )
    op.create_index(op.f('ix_error_groups_project_id_last_seen'), 'error_groups', ['project_id', 'last_seen'], unique=False)
    op.create_table('goals',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('metric', sa.Text(), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('is_dropped', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_goals_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_goals_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goals')),
    sa.UniqueConstraint('project_id', 'metric', name=op.f('uq_goals_project_id_metric')),
    comment='What a figure shall reach; rows change the defaults, is_dropped takes one away.'
    )
    op.create_table('probe_hours',
    sa.Column('probe_id', sa.Integer(), nullable=False),
    sa.Column('hour', sa.DateTime(timezone=True), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('good', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('duration_sum', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.ForeignKeyConstraint(['probe_id'], ['probes.id'], name=op.f('fk_probe_hours_probe_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('probe_id', 'hour', name=op.f('pk_probe_hours'))
    )
    op.create_table('probe_results',
    sa.Column('probe_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ok', sa.Boolean(), nullable=False),
    sa.Column('duration_ms', sa.Double(), nullable=True),
    sa.Column('days_left', sa.Double(), nullable=True),
    sa.Column('reason', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.ForeignKeyConstraint(['probe_id'], ['probes.id'], name=op.f('fk_probe_results_probe_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('probe_id', 'at', name=op.f('pk_probe_results')),
    comment='Of the last days; probe_hours has the sums for longer.'
    )
    op.create_table('slos',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('probe_id', sa.Integer(), nullable=True),
    sa.Column('service', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('endpoint', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('threshold_ms', sa.Double(), nullable=True),
    sa.Column('objective', sa.Double(), nullable=False),
    sa.Column('days', sa.SmallInteger(), server_default=sa.text('30'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('uptime', 'errors', 'latency')", name=op.f('ck_slos_kind')),
    sa.CheckConstraint('days BETWEEN 1 AND 90', name=op.f('ck_slos_days')),
    sa.CheckConstraint('objective > 0 AND objective < 1', name=op.f('ck_slos_objective')),
    sa.ForeignKeyConstraint(['probe_id'], ['probes.id'], name=op.f('fk_slos_probe_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slos')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_slos_project_id_name')),
    comment='Which share shall be good: of probes, of requests, or of requests within a time.'
    )
    op.execute("""
        INSERT INTO probes (project_id, name, kind, address, every_seconds) VALUES
        (0, 'API', 'http', 'looplens:api', 30),
        (0, 'Dashboard', 'http', 'looplens:dashboard', 60),
        (0, 'Database', 'postgres', 'looplens:database', 30)
    """)
    op.execute("""
        INSERT INTO slos (project_id, name, kind, probe_id, objective)
        SELECT 0, name || ' answers', 'uptime', id, 0.999 FROM probes
    """)
    op.execute("""
        INSERT INTO slos (project_id, name, kind, service, threshold_ms, objective) VALUES
        (0, 'Requests without errors', 'errors', 'looplens', NULL, 0.999),
        (0, 'Requests within 200 ms', 'latency', 'looplens', 200, 0.95)
    """)
    op.create_table('stripe_hooks',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('hook_id', sa.Uuid(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_stripe_hooks_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', name=op.f('pk_stripe_hooks')),
    sa.UniqueConstraint('hook_id', name=op.f('uq_stripe_hooks_hook_id')),
    comment='Where Stripe sends to, and the secret that its signatures are checked with.'
    )
    op.create_table('summaries',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('pace', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_summaries_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', 'until', 'pace', name=op.f('pk_summaries')),
    comment='Which summaries were made and put into the outbox.'
    )
    op.create_table('alert_states',
    sa.Column('rule_id', sa.Integer(), nullable=False),
    sa.Column('evaluated_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('value', sa.Double(), nullable=True),
    sa.Column('bad_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('good_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('episode_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['rule_id'], ['alert_rules.id'], name=op.f('fk_alert_states_rule_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('rule_id', name=op.f('pk_alert_states')),
    comment='How far a rule has been looked at; the next look goes on from there.'
    )
    op.create_table('incidents',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default=sa.text("'investigating'"), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('annotation_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("severity IN ('info', 'warning', 'critical')", name=op.f('ck_incidents_severity')),
    sa.CheckConstraint("state IN ('investigating', 'identified', 'monitoring', 'resolved')", name=op.f('ck_incidents_state')),
    sa.ForeignKeyConstraint(['annotation_id'], ['annotations.id'], name=op.f('fk_incidents_annotation_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_incidents_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_incidents_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incidents'))
    )
    op.create_index(op.f('ix_incidents_project_id_started_at'), 'incidents', ['project_id', 'started_at'], unique=False)
    op.create_table('alert_episodes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('value', sa.Double(), nullable=True),
    sa.Column('worst', sa.Double(), nullable=True),
    sa.Column('notified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('snoozed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('incident_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_alert_episodes_incident_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['rule_id'], ['alert_rules.id'], name=op.f('fk_alert_episodes_rule_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_episodes')),
    comment='From when a rule fired until it was well again; at most one of a rule is open.'
    )
    op.create_index(op.f('ix_alert_episodes_project_id_started_at'), 'alert_episodes', ['project_id', 'started_at'], unique=False)
    op.create_index('ix_alert_episodes_open', 'alert_episodes', ['rule_id'], unique=True, postgresql_where=sa.text('resolved_at IS NULL'))
    op.create_table('incident_updates',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state IN ('investigating', 'identified', 'monitoring', 'resolved')", name=op.f('ck_incident_updates_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_incident_updates_incident_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_incident_updates_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_updates'))
    )
    op.create_index(op.f('ix_incident_updates_incident_id_at'), 'incident_updates', ['incident_id', 'at'], unique=False)
    op.create_table('alert_history',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('episode_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.CheckConstraint("act IN ('fired', 'notified', 'acknowledged', 'snoozed', 'escalated', 'resolved', 'commented')", name=op.f('ck_alert_history_act')),
    sa.ForeignKeyConstraint(['episode_id'], ['alert_episodes.id'], name=op.f('fk_alert_history_episode_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_alert_history_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_history'))
    )
    op.create_index(op.f('ix_alert_history_episode_id_at'), 'alert_history', ['episode_id', 'at'], unique=False)
    op.add_column('messages', sa.Column('attachment', sa.LargeBinary(), nullable=True))
    op.add_column('messages', sa.Column('attachment_name', sa.Text(), server_default=sa.text("''"), nullable=False))
    op.alter_column('projects', 'rolled_as', server_default=sa.text('4'))
    op.drop_constraint(op.f('ck_api_keys_scope'), 'api_keys', type_='check')
    op.create_check_constraint(op.f('ck_api_keys_scope'), 'api_keys', "scope IN ('ingest', 'read', 'server')")
    op.drop_constraint(op.f('ck_messages_kind'), 'messages', type_='check')
    op.create_check_constraint(op.f('ck_messages_kind'), 'messages', "kind IN ('digest', 'shipped', 'summary', 'alert', 'escalation')")
    op.execute("INSERT INTO audit_head (id, last_id, hash) VALUES (1, 0, '')")
    op.execute(AUDIT_STAYS)
    for trigger in STAYING:
        op.execute(trigger)


def downgrade() -> None:
    op.alter_column('projects', 'rolled_as', server_default=sa.text('3'))
    op.execute("DELETE FROM api_keys WHERE scope = 'server'")
    op.drop_constraint(op.f('ck_api_keys_scope'), 'api_keys', type_='check')
    op.create_check_constraint(op.f('ck_api_keys_scope'), 'api_keys', "scope IN ('ingest', 'read')")
    op.execute("DELETE FROM messages WHERE kind NOT IN ('digest', 'shipped')")
    op.drop_constraint(op.f('ck_messages_kind'), 'messages', type_='check')
    op.create_check_constraint(op.f('ck_messages_kind'), 'messages', "kind IN ('digest', 'shipped')")
    op.drop_column('messages', 'attachment_name')
    op.drop_column('messages', 'attachment')
    op.drop_index(op.f('ix_alert_history_episode_id_at'), table_name='alert_history')
    op.drop_table('alert_history')
    op.drop_index(op.f('ix_incident_updates_incident_id_at'), table_name='incident_updates')
    op.drop_table('incident_updates')
    op.drop_index('ix_alert_episodes_open', table_name='alert_episodes', postgresql_where=sa.text('resolved_at IS NULL'))
    op.drop_index(op.f('ix_alert_episodes_project_id_started_at'), table_name='alert_episodes')
    op.drop_table('alert_episodes')
    op.drop_index(op.f('ix_incidents_project_id_started_at'), table_name='incidents')
    op.drop_table('incidents')
    op.drop_table('alert_states')
    op.drop_table('summaries')
    op.drop_table('stripe_hooks')
    op.drop_table('slos')
    op.drop_table('probe_results')
    op.drop_table('probe_hours')
    op.drop_table('goals')
    op.drop_index(op.f('ix_error_groups_project_id_last_seen'), table_name='error_groups')
    op.drop_table('error_groups')
    op.drop_table('business_settings')
    op.drop_table('alert_rules')
    op.drop_index(op.f('ix_tickets_project_id_resolved_at'), table_name='tickets')
    op.drop_index(op.f('ix_tickets_project_id_opened_at'), table_name='tickets')
    op.drop_index(op.f('ix_tickets_project_id_actor_key'), table_name='tickets')
    op.drop_table('tickets')
    op.drop_index(op.f('ix_subscription_changes_project_id_subscription_key'), table_name='subscription_changes')
    op.drop_index(op.f('ix_subscription_changes_project_id_customer_key'), table_name='subscription_changes')
    op.drop_table('subscription_changes')
    op.drop_table('spend')
    op.drop_table('security_hours')
    op.drop_index(op.f('ix_request_stats_project_id_at'), table_name='request_stats')
    op.drop_table('request_stats')
    op.drop_table('request_reports')
    op.drop_table('probes')
    op.drop_table('plan_months')
    op.drop_index(op.f('ix_payments_project_id_occurred_at'), table_name='payments')
    op.drop_index(op.f('ix_payments_project_id_customer_key'), table_name='payments')
    op.drop_table('payments')
    op.drop_table('mrr_months')
    op.drop_table('mrr_cohorts')
    op.drop_index(op.f('ix_gauges_at'), table_name='gauges')
    op.drop_table('gauges')
    op.drop_table('event_minutes')
    op.drop_index(op.f('ix_error_people_project_id_actor_key'), table_name='error_people')
    op.drop_table('error_people')
    op.drop_index(op.f('ix_error_hours_project_id_fingerprint_hour'), table_name='error_hours')
    op.drop_table('error_hours')
    op.drop_index('ix_customers_waiting', table_name='customers', postgresql_where=sa.text('NOT is_counted'))
    op.drop_index(op.f('ix_customers_project_id_actor_key'), table_name='customers')
    op.drop_table('customers')
    op.drop_table('customer_plans')
    op.drop_table('payment_months')
    op.drop_index(op.f('ix_customer_trials_project_id_currency_began_at'), table_name='customer_trials', postgresql_include=['paid_at', 'ended_at', 'plan'])
    op.drop_table('customer_trials')
    op.drop_table('customer_payments')
    op.drop_index(op.f('ix_customer_failures_project_id_currency_failed_at'), table_name='customer_failures', postgresql_include=['paid_at', 'amount', 'reason'])
    op.drop_table('customer_failures')
    op.drop_index('ix_customer_movements_losses', table_name='customer_movements', postgresql_where=sa.text("kind IN ('churn', 'contraction')"), postgresql_include=['kind', 'country', 'channel', 'amount'])
    op.drop_table('customer_movements')
    op.drop_index(op.f('ix_audit_log_at'), table_name='audit_log')
    op.drop_table('audit_log')
    op.drop_table('audit_head')
    op.execute('DROP FUNCTION audit_stays()')
    op.drop_table('ai_days')
    op.drop_table('ai_bins')
    op.drop_table('duration_day')
