"""The last combination of dimensions that a project has learned, found at once."""

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_cells_project_id_id'), 'cells', ['project_id', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_cells_project_id_id'), table_name='cells')
