"""Packs, segments, views and annotations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

PACKED = {
    'key_pack': ('keys', 'cells', 'kinds'),
    'event_pack': ('actors', 'moments', 'kinds', 'cells', 'sessions', 'bins', 'failed'),
}


def upgrade() -> None:
    op.create_table('event_pack',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('tier', sa.SmallInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('actors', sa.LargeBinary(), nullable=False),
    sa.Column('moments', sa.LargeBinary(), nullable=False),
    sa.Column('kinds', sa.LargeBinary(), nullable=False),
    sa.Column('cells', sa.LargeBinary(), nullable=False),
    sa.Column('sessions', sa.LargeBinary(), nullable=False),
    sa.Column('bins', sa.LargeBinary(), nullable=False),
    sa.Column('failed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'name', 'id', name=op.f('pk_event_pack')),
    comment='Every event once, by day and name, without its properties.'
    )
    op.create_table('key_pack',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('tier', sa.SmallInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('keys', sa.LargeBinary(), nullable=False),
    sa.Column('cells', sa.LargeBinary(), nullable=False),
    sa.Column('kinds', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("what IN ('actor', 'session', 'actor_event')", name=op.f('ck_key_pack_what')),
    sa.PrimaryKeyConstraint('project_id', 'what', 'day', 'name', 'id', name=op.f('pk_key_pack')),
    comment='The keys of actor_day, session_day and, by name, actor_event_day.'
    )
    op.create_table('segment_members',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('segment_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'segment_id', 'actor_key', name=op.f('pk_segment_members')),
    comment='Who was in a segment when it was last counted.'
    )
    op.create_table('annotations',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('url', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('external_id', sa.Text(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('release', 'incident', 'campaign', 'note')", name=op.f('ck_annotations_kind')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_annotations_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_annotations_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_annotations')),
    sa.UniqueConstraint('project_id', 'external_id', name=op.f('uq_annotations_project_id_external_id'))
    )
    op.create_index(op.f('ix_annotations_project_id_at'), 'annotations', ['project_id', 'at'], unique=False)
    op.create_table('completions',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('start_name', sa.Text(), nullable=False),
    sa.Column('done_name', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_completions_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_completions')),
    sa.UniqueConstraint('project_id', 'start_name', name=op.f('uq_completions_project_id_start_name')),
    comment='Which event ends what another begins, of the same subject.'
    )
    op.create_table('saved_views',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('page', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('shared_with', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_saved_views_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_saved_views_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
    sa.UniqueConstraint('project_id', 'page', 'person_id', 'name', name=op.f('uq_saved_views_project_id_page_person_id_name')),
    comment="A page's address by name; shared_with holds roles, none for a personal view."
    )
    op.create_table('segments',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('definition', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('size', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_segments_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_segments_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_segments')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_segments_project_id_name'))
    )
    op.drop_table('duration_day')
    op.add_column('actor_day', sa.Column('failures', sa.BigInteger(), server_default=sa.text('0'), nullable=False))
    op.drop_table('actor_event_day')
    op.create_table('actor_event_day',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('cell_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('failures', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'kind_id', 'actor_key', 'cell_id', name=op.f('pk_actor_event_day'))
    )
    # What exists was rolled as version 1, and is rebuilt by the worker; what comes is of version 2.
    op.add_column('projects', sa.Column('rolled_as', sa.SmallInteger(), server_default=sa.text('1'), nullable=False))
    op.alter_column('projects', 'rolled_as', server_default=sa.text('2'))
    # Packed arrays of keys don't compress, and reading them should cost no unpacking.
    for table, columns in PACKED.items():
        for column in columns:
            op.execute(f'ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL')


def downgrade() -> None:
    op.drop_column('projects', 'rolled_as')
    op.drop_table('actor_event_day')
    op.create_table('actor_event_day',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'kind_id', 'actor_key', name=op.f('pk_actor_event_day'))
    )
    op.drop_column('actor_day', 'failures')
    op.create_table('duration_day',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('cell_id', sa.Integer(), nullable=False),
    sa.Column('bin', sa.SmallInteger(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'cell_id', 'bin', name=op.f('pk_duration_day'))
    )
    for table in ('segments', 'saved_views', 'completions', 'annotations', 'segment_members', 'key_pack', 'event_pack'):
        op.drop_table(table)
