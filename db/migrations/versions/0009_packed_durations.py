"""Durations of hours and days packed: one row where each bin was one."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

# Table, its table of single bins, the column of its moment and the type of that.
DURATIONS = (
    ('duration_hour', 'duration_bin', 'hour', sa.DateTime(timezone=True), 'Durations of an hour: one row where each bin would be one.'),
    ('duration_day', 'duration_day', 'day', sa.Date(), 'Durations of whole days, packed as those of hours.'),
)
BIN = '(get_byte(bins, 2 * place) * 256 + get_byte(bins, 2 * place + 1) + 32768) % 65536 - 32768'
COUNT = ' + '.join(f'get_byte(counts, 4 * place + {byte})::bigint * {256 ** (3 - byte)}' for byte in range(4))


def upgrade() -> None:
    # Nothing is lost or made anew: what raw events no longer tell is kept, too.
    for table, former, moment, kind, comment in DURATIONS:
        _put_away(former)
        op.create_table(table,
        sa.Column('project_id', sa.Integer(), nullable=False),
        sa.Column(moment, kind, nullable=False),
        sa.Column('kind_id', sa.Integer(), nullable=False),
        sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
        sa.Column('bins', sa.LargeBinary(), nullable=False),
        sa.Column('counts', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('project_id', moment, 'kind_id', name=op.f(f'pk_{table}')),
        comment=comment
        )
        op.execute(
            f'INSERT INTO {table} SELECT project_id, {moment}, kind_id, sum(n), '
            "string_agg(int2send(bin), '' ORDER BY bin), string_agg(int4send(n::int4), '' ORDER BY bin) "
            'FROM former GROUP BY 1, 2, 3 ORDER BY 1, 2, 3'
        )
        op.drop_table('former')
    op.create_table_comment('ai_bins', 'Durations of AI calls by model, in the bins of those of events.')


def downgrade() -> None:
    op.create_table_comment('ai_bins', 'Durations of AI calls by model, in the bins of duration_bin.')
    for table, former, moment, kind, _ in DURATIONS:
        _put_away(table)
        op.create_table(former,
        sa.Column('project_id', sa.Integer(), nullable=False),
        sa.Column(moment, kind, nullable=False),
        sa.Column('kind_id', sa.Integer(), nullable=False),
        sa.Column('bin', sa.SmallInteger(), nullable=False),
        sa.Column('n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
        sa.PrimaryKeyConstraint('project_id', moment, 'kind_id', 'bin', name=op.f(f'pk_{former}')),
        comment='Durations of whole days: a twentieth of the rows that the hours have.' if former == table else None
        )
        op.execute(
            f'INSERT INTO {former} SELECT project_id, {moment}, kind_id, {BIN}, {COUNT} '
            'FROM former, generate_series(0, length(bins) / 2 - 1) AS place ORDER BY 1, 2, 3, 4'
        )
        op.drop_table('former')


def _put_away(table: str) -> None:
    """Have a table stand aside, with its name and that of its key free for another."""
    op.rename_table(table, 'former')
    op.execute(f'ALTER TABLE former RENAME CONSTRAINT pk_{table} TO pk_former')
