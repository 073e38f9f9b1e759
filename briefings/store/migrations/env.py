"""Run by Alembic with the connection that `briefings.store.migrate` hands over, in its transaction."""

from alembic import context

from briefings.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
