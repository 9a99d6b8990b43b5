"""How prices are billed, and which subscriptions have none that is all known."""

import sqlalchemy as sa
from alembic import op
revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

# What the worker adds from now on as it counts.
BILLED = """
INSERT INTO billed_prices (project_id, currency, plan, price, "interval", interval_count)
SELECT DISTINCT project_id, currency, plan, mrr, "interval", interval_count
FROM subscription_changes WHERE status IN ('active', 'past_due') AND mrr > 0
"""


def upgrade() -> None:
    op.add_column('subscription_changes', sa.Column('is_whole', sa.Boolean(), server_default=sa.text('true'), nullable=False))
    op.create_table('customer_unpriced',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('customer_key', sa.BigInteger(), nullable=False),
    sa.Column('subscription_key', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'customer_key', 'subscription_key', name=op.f('pk_customer_unpriced')),
    comment='Subscriptions that go on and whose price is not all known.'
    )
    op.create_table('billed_prices',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('plan', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('interval', sa.Text(), nullable=False),
    sa.Column('interval_count', sa.SmallInteger(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'currency', 'plan', 'price', 'interval', 'interval_count', name=op.f('pk_billed_prices')),
    comment='How often each price of a plan (cents a month) was ever billed.'
    )
    op.create_table_comment('subscription_changes',
    'What a subscription is from an instant on: state, plan, price (amount an interval); is_whole unless a part of the price is not known, such as what is billed by use.',
    existing_comment='What a subscription is from an instant on: state, plan, price (amount an interval).'
    )
    op.execute(BILLED)


def downgrade() -> None:
    op.create_table_comment('subscription_changes',
    'What a subscription is from an instant on: state, plan, price (amount an interval).',
    existing_comment='What a subscription is from an instant on: state, plan, price (amount an interval); is_whole unless a part of the price is not known, such as what is billed by use.'
    )
    op.drop_table('billed_prices')
    op.drop_table('customer_unpriced')
    op.drop_column('subscription_changes', 'is_whole')
