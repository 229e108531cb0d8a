"""What Alembic runs: `migrate.upgrade` hands it a connection; it is not meant for the `alembic` command."""

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("use `asf db upgrade`")
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
