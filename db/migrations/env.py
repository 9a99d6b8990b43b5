"""What Alembic runs: the migrations, on the connection that `db.migrate` hands over."""

from alembic import context

from db.migrate import is_ours
from db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=is_ours,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
