"""How do revisions reach the database? Over the connection that `bot.storage.migrate` hands in."""

from alembic import context

from bot.storage.migrate import ours
from bot.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=ours,
    transaction_per_migration=False,  # all or nothing
)
with context.begin_transaction():
    context.run_migrations()
