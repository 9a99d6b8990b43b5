"""Packs of whole rollups in place of their keys alone, and whose each session is."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

ARRAYS = ('keys', 'owners', 'cells', 'kinds', 'counts', 'failures')
FORMER_ARRAYS = ('keys', 'cells', 'kinds')


def upgrade() -> None:
    op.drop_table('key_pack')
    op.create_table('rollup_pack',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('tier', sa.SmallInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ARRAYS),
    sa.CheckConstraint("what IN ('cell', 'event', 'actor', 'actor_event', 'session', 'newcomer')", name=op.f('ck_rollup_pack_what')),
    sa.PrimaryKeyConstraint('project_id', 'what', 'day', 'name', 'id', name=op.f('pk_rollup_pack')),
    comment='Rows of the rollups by day; those of one key, in several packs, add up.'
    )
    # Packed arrays of keys don't compress, and reading them should cost no unpacking.
    _keep_uncompressed('rollup_pack', ARRAYS)
    # Whose a session is, no rollup knew: the worker rebuilds them, as all that is packed.
    op.drop_table('session_day')
    op.create_table('session_day',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('session_key', sa.BigInteger(), nullable=False),
    sa.Column('actor_key', sa.BigInteger(), nullable=False),
    sa.Column('cell_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'session_key', 'actor_key', 'cell_id', name=op.f('pk_session_day'))
    )
    op.add_column('actor', sa.Column('was_first_seen', sa.DateTime(timezone=True), nullable=True))
    op.add_column('actor', sa.Column('was_first_cell', sa.Integer(), nullable=True))
    op.alter_column('projects', 'rolled_as', server_default=sa.text('3'))


def downgrade() -> None:
    # Nothing is packed any more: the worker of that version makes all of it anew.
    op.execute('UPDATE projects SET rolled_as = 1')
    op.alter_column('projects', 'rolled_as', server_default=sa.text('2'))
    op.drop_column('actor', 'was_first_cell')
    op.drop_column('actor', 'was_first_seen')
    op.drop_table('session_day')
    op.create_table('session_day',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('session_key', sa.BigInteger(), nullable=False),
    sa.Column('cell_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('project_id', 'day', 'session_key', 'cell_id', name=op.f('pk_session_day'))
    )
    op.drop_table('rollup_pack')
    op.create_table('key_pack',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('tier', sa.SmallInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in FORMER_ARRAYS),
    sa.CheckConstraint("what IN ('actor', 'session', 'actor_event')", name=op.f('ck_key_pack_what')),
    sa.PrimaryKeyConstraint('project_id', 'what', 'day', 'name', 'id', name=op.f('pk_key_pack')),
    comment='The keys of actor_day, session_day and, by name, actor_event_day.'
    )
    _keep_uncompressed('key_pack', FORMER_ARRAYS)


def _keep_uncompressed(table: str, columns: tuple[str, ...]) -> None:
    for column in columns:
        op.execute(f'ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL')
