"""Experiments and flags."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('experiments',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('hypothesis', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('state', sa.Text(), server_default=sa.text("'draft'"), nullable=False),
    sa.Column('killed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('variants', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('control', sa.Text(), nullable=False),
    sa.Column('targeting', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    sa.Column('layer', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('share_from', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('share_to', sa.Integer(), server_default=sa.text('10000'), nullable=False),
    sa.Column('salt', sa.Text(), nullable=False),
    sa.Column('metrics', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    sa.Column('plan', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('decision', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('decided_variant', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('decision_note', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("decision IN ('', 'shipped', 'rolled_back', 'inconclusive')", name=op.f('ck_experiments_decision')),
    sa.CheckConstraint("kind IN ('experiment', 'flag', 'import')", name=op.f('ck_experiments_kind')),
    sa.CheckConstraint("state IN ('draft', 'running', 'stopped')", name=op.f('ck_experiments_state')),
    sa.CheckConstraint('0 <= share_from AND share_from <= share_to AND share_to <= 10000', name=op.f('ck_experiments_share')),
    sa.ForeignKeyConstraint(['decided_by'], ['people.id'], name=op.f('fk_experiments_decided_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_experiments_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_experiments_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_experiments')),
    sa.UniqueConstraint('project_id', 'key', name=op.f('uq_experiments_project_id_key')),
    comment='Experiments, flags (which have no metrics), and experiments that were run elsewhere.'
    )
    op.create_table('experiment_log',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('experiment_id', sa.Integer(), nullable=True),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_experiment_log_experiment_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_experiment_log_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_experiment_log_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_experiment_log')),
    comment='Who changed what and when; without an experiment: of one that was deleted.'
    )
    op.create_index(op.f('ix_experiment_log_experiment_id_id'), 'experiment_log', ['experiment_id', 'id'], unique=False)
    op.create_index(op.f('ix_experiment_log_project_id_id'), 'experiment_log', ['project_id', 'id'], unique=False, postgresql_where=sa.text('experiment_id IS NULL'))
    op.create_table('experiment_phases',
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.SmallInteger(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('variants', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('share_from', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('share_to', sa.Integer(), server_default=sa.text('10000'), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_experiment_phases_experiment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_experiment_phases_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('experiment_id', 'number', name=op.f('pk_experiment_phases')),
    comment='The times in which weights and shares stayed as they were; numbered from 1.'
    )
    op.create_table('experiment_recounts',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('exposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_experiment_recounts_experiment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_experiment_recounts_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_experiment_recounts')),
    comment='Quarters of an hour whose exposures came late or were erased: to be counted anew.'
    )
    op.create_index(op.f('ix_experiment_recounts_experiment_id'), 'experiment_recounts', ['experiment_id'], unique=False)
    op.create_table('exposure_days',
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('phase', sa.SmallInteger(), nullable=False),
    sa.Column('variant', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('mixed', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_exposure_days_experiment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_exposure_days_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('experiment_id', 'phase', 'variant', 'day', name=op.f('pk_exposure_days')),
    comment='First exposures by their day; mixed: of them, seen in another variant as well.'
    )
    op.create_table('exposures',
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('phase', sa.SmallInteger(), nullable=False),
    sa.Column('variant', sa.Text(), nullable=False),
    sa.Column('exposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cell_id', sa.Integer(), nullable=False),
    sa.Column('mixed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_exposures_experiment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_exposures_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('experiment_id', 'actor_key', name=op.f('pk_exposures')),
    comment='The first exposure of each actor to an experiment.'
    )
    op.create_index(op.f('ix_exposures_experiment_id_exposed_at'), 'exposures', ['experiment_id', 'exposed_at'], unique=False)
    op.create_index(op.f('ix_exposures_project_id_actor_key'), 'exposures', ['project_id', 'actor_key'], unique=False)
    op.create_table('outcome_days',
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('phase', sa.SmallInteger(), nullable=False),
    sa.Column('metric', sa.SmallInteger(), nullable=False),
    sa.Column('dimension', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('value', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('variant', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('y', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('d', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('x', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('z', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('yy', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('yd', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('yx', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('yz', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('dd', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('dx', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('dz', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('xx', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('xz', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('zz', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_outcome_days_experiment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_outcome_days_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('experiment_id', 'phase', 'metric', 'dimension', 'value', 'variant', 'day', name=op.f('pk_outcome_days')),
    comment='Sums over the actors whose outcome window ended on a day, of all or by a dimension.'
    )
    op.add_column('requests', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    # Nobody knows when requests were declined: who wanted them is known for a whole time from now.
    op.execute(
        "UPDATE requests SET closed_at = coalesce(shipped_at, now())"
        " WHERE state IN ('shipped', 'declined')"
    )


def downgrade() -> None:
    op.drop_column('requests', 'closed_at')
    op.drop_table('outcome_days')
    op.drop_index(op.f('ix_exposures_project_id_actor_key'), table_name='exposures')
    op.drop_index(op.f('ix_exposures_experiment_id_exposed_at'), table_name='exposures')
    op.drop_table('exposures')
    op.drop_table('exposure_days')
    op.drop_index(op.f('ix_experiment_recounts_experiment_id'), table_name='experiment_recounts')
    op.drop_table('experiment_recounts')
    op.drop_table('experiment_phases')
    op.drop_index(op.f('ix_experiment_log_project_id_id'), table_name='experiment_log', postgresql_where=sa.text('experiment_id IS NULL'))
    op.drop_index(op.f('ix_experiment_log_experiment_id_id'), table_name='experiment_log')
    op.drop_table('experiment_log')
    op.drop_table('experiments')
