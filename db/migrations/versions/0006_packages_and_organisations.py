"""Packages, runs and organisations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('published_people',
    sa.Column('owner', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('cut', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('last_start', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('owner', 'owner_id', 'stream', 'cut', 'key', 'actor_key', name=op.f('pk_published_people')),
    comment='Whom blocks count, with the first day of the last of them: distinct people of days.'
    )
    op.create_index(op.f('ix_published_people_project_id_actor_key'), 'published_people', ['project_id', 'actor_key'], unique=False)
    op.create_index('ix_published_people_reach', 'published_people', ['owner', 'owner_id', 'stream', 'cut', 'key', 'last_start'], unique=False)
    op.create_table('runs',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('batch_id', sa.BigInteger(), nullable=False),
    sa.Column('session_key', sa.BigInteger(), nullable=True),
    sa.Column('package_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('tokens', sa.BigInteger(), nullable=True),
    sa.Column('credits', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('request_bytes', sa.Integer(), nullable=True),
    sa.Column('response_bytes', sa.Integer(), nullable=True),
    sa.Column('input_length', sa.Integer(), nullable=True),
    sa.Column('output_length', sa.Integer(), nullable=True),
    sa.Column('duration_ms', sa.Double(), nullable=True),
    sa.Column('ok', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('comparison', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('version', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('model', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('team', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('error_type', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('platform', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('country', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('installer', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('audience', sa.Text(), server_default=sa.text("'person'"), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'actor_key', 'run_id', 'occurred_at', name=op.f('pk_runs')),
    postgresql_partition_by='RANGE (occurred_at)'
    )
    op.create_index(op.f('ix_runs_batch_id'), 'runs', ['batch_id'], unique=False)
    op.create_index(op.f('ix_runs_run_id'), 'runs', ['run_id'], unique=False)
    op.create_table('unpublished',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('owner', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('package_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('model', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('team', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('error_type', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('platform', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('country', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('installer', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('audience', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('failures', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('timed', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('metered', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('tokens', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('credits', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('score_sum', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('good', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('duration_sum', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.Column('block_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("owner IN ('package', 'organisation')", name=op.f('ck_unpublished_owner')),
    sa.CheckConstraint("stream IN ('runs', 'downloads', 'ratings')", name=op.f('ck_unpublished_stream')),
    comment='Sums a person and day; with the block of their total, where only cuts of it wait.'
    )
    op.create_index('ix_unpublished_owner', 'unpublished', ['project_id', 'owner', 'owner_id', 'stream', 'day'], unique=False)
    op.create_index(op.f('ix_unpublished_project_id_actor_key'), 'unpublished', ['project_id', 'actor_key'], unique=False)
    op.create_table('access_tokens',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('hint', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("scope IN ('read', 'manage')", name=op.f('ck_access_tokens_scope')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_access_tokens_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_tokens')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_access_tokens_token_hash')),
    comment='What people call the API with in their own name.'
    )
    op.create_index(op.f('ix_access_tokens_person_id'), 'access_tokens', ['person_id'], unique=False)
    op.create_table('organisations',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('uid', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('leaderboard', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('assumptions', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('seats > 0', name=op.f('ck_organisations_seats')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_organisations_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_organisations_project_id_name')),
    sa.UniqueConstraint('uid', name=op.f('uq_organisations_uid')),
    comment='leaderboard: whether those of its members who agree are listed by name.'
    )
    op.create_table('packages',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('uid', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('is_public', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_packages_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_packages')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_packages_project_id_name')),
    sa.UniqueConstraint('uid', name=op.f('uq_packages_uid'))
    )
    op.create_index(op.f('ix_packages_name'), 'packages', ['name'], unique=False)
    op.create_table('person_actors',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_person_actors_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_person_actors_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'project_id', name=op.f('pk_person_actors')),
    sa.UniqueConstraint('project_id', 'actor_key', name=op.f('uq_person_actors_project_id_actor_key')),
    comment='Which actor somebody who signs in is: what makes their own usage theirs to see.'
    )
    op.create_table('published_blocks',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('owner', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('cut', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('through', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("owner IN ('package', 'organisation')", name=op.f('ck_published_blocks_owner')),
    sa.CheckConstraint("stream IN ('runs', 'downloads', 'ratings')", name=op.f('ck_published_blocks_stream')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_published_blocks_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_blocks')),
    comment="Days that are published at once, never changed: one of totals (cut ''), or several of those up to the id `through`, cut one way."
    )
    op.create_index('ix_published_blocks_owner', 'published_blocks', ['owner', 'owner_id', 'stream', 'cut', 'first_day'], unique=False, postgresql_include=['last_day', 'id'])
    op.create_table('member_days',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('credits', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_member_days_organisation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organisation_id', 'actor_key', 'day', name=op.f('pk_member_days')),
    comment='What members ran for their organisation, for the leaderboard of those who agree.'
    )
    op.create_index(op.f('ix_member_days_project_id_actor_key'), 'member_days', ['project_id', 'actor_key'], unique=False)
    op.create_table('organisation_members',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('team', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('listed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("role IN ('owner', 'admin', 'member')", name=op.f('ck_organisation_members_role')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_organisation_members_organisation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organisation_id', 'actor_key', name=op.f('pk_organisation_members')),
    comment='listed: whether the member agreed to stand in the leaderboard by name.'
    )
    op.create_index(op.f('ix_organisation_members_project_id_actor_key'), 'organisation_members', ['project_id', 'actor_key'], unique=False)
    op.create_table('package_authors',
    sa.Column('package_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['package_id'], ['packages.id'], name=op.f('fk_package_authors_package_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_package_authors_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('package_id', 'person_id', name=op.f('pk_package_authors'))
    )
    op.create_index(op.f('ix_package_authors_person_id'), 'package_authors', ['person_id'], unique=False)
    op.create_table('package_versions',
    sa.Column('package_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['package_id'], ['packages.id'], name=op.f('fk_package_versions_package_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('package_id', 'version', name=op.f('pk_package_versions'))
    )
    op.create_table('published_cells',
    sa.Column('block_id', sa.BigInteger(), nullable=False),
    sa.Column('cut', sa.Text(), nullable=False),
    sa.Column('keys', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('failures', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('timed', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('metered', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('tokens', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('credits', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('score_sum', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('good', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('duration_sum', sa.Double(), server_default=sa.text('0'), nullable=False),
    sa.ForeignKeyConstraint(['block_id'], ['published_blocks.id'], name=op.f('fk_published_cells_block_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('block_id', 'cut', 'keys', name=op.f('pk_published_cells')),
    comment='The cells of a block, each of enough people; together they are the block.'
    )
    op.add_column('feedback', sa.Column('package_id', sa.Integer(), nullable=True))
    op.add_column('feedback', sa.Column('organisation_id', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('feedback', sa.Column('model', sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column('feedback', sa.Column('published', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_index('ix_feedback_own', 'feedback', ['project_id', 'actor_key'], unique=False, postgresql_where=sa.text('package_id IS NOT NULL'))
    op.create_index('ix_feedback_package', 'feedback', ['package_id', 'said_at'], unique=False, postgresql_where=sa.text('package_id IS NOT NULL'))
    op.create_index('ix_feedback_unpublished', 'feedback', ['project_id', 'said_at'], unique=False, postgresql_where=sa.text('package_id IS NOT NULL AND score IS NOT NULL AND NOT published'))
    op.create_foreign_key(op.f('fk_feedback_package_id'), 'feedback', 'packages', ['package_id'], ['id'], ondelete='SET NULL')
    op.add_column('people', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('projects', sa.Column('published_until', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('projects', 'published_until')
    op.drop_column('people', 'closed_at')
    op.drop_constraint(op.f('fk_feedback_package_id'), 'feedback', type_='foreignkey')
    op.drop_index('ix_feedback_unpublished', table_name='feedback', postgresql_where=sa.text('package_id IS NOT NULL AND score IS NOT NULL AND NOT published'))
    op.drop_index('ix_feedback_package', table_name='feedback', postgresql_where=sa.text('package_id IS NOT NULL'))
    op.drop_index('ix_feedback_own', table_name='feedback', postgresql_where=sa.text('package_id IS NOT NULL'))
    op.drop_column('feedback', 'published')
    op.drop_column('feedback', 'model')
    op.drop_column('feedback', 'organisation_id')
    op.drop_column('feedback', 'package_id')
    op.drop_table('published_cells')
    op.drop_table('package_versions')
    op.drop_index(op.f('ix_package_authors_person_id'), table_name='package_authors')
    op.drop_table('package_authors')
    op.drop_index(op.f('ix_organisation_members_project_id_actor_key'), table_name='organisation_members')
    op.drop_table('organisation_members')
    op.drop_index(op.f('ix_member_days_project_id_actor_key'), table_name='member_days')
    op.drop_table('member_days')
    op.drop_index('ix_published_blocks_owner', table_name='published_blocks', postgresql_include=['last_day', 'id'])
    op.drop_table('published_blocks')
    op.drop_table('person_actors')
    op.drop_index(op.f('ix_packages_name'), table_name='packages')
    op.drop_table('packages')
    op.drop_table('organisations')
    op.drop_index(op.f('ix_access_tokens_person_id'), table_name='access_tokens')
    op.drop_table('access_tokens')
    op.drop_index(op.f('ix_unpublished_project_id_actor_key'), table_name='unpublished')
    op.drop_index('ix_unpublished_owner', table_name='unpublished')
    op.drop_table('unpublished')
    op.drop_index(op.f('ix_runs_run_id'), table_name='runs')
    op.drop_index(op.f('ix_runs_batch_id'), table_name='runs')
    op.drop_table('runs')
    op.drop_index('ix_published_people_reach', table_name='published_people')
    op.drop_index(op.f('ix_published_people_project_id_actor_key'), table_name='published_people')
    op.drop_table('published_people')
