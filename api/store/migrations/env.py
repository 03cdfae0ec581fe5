"""Alembic's way in: it runs on the connection, and in the transaction, that `api.store.database` hands it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
