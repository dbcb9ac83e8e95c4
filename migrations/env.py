"""Runs migrations on the application's own engine; batch mode, for SQLite cannot alter tables."""

import logging

from alembic import context
from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection

log = logging.getLogger("alembic.env")
migrate = current_app.extensions["migrate"]


def is_later(connection: Connection) -> bool:
    """Whether a later release migrated: its schema only adds to ours, so there is nothing to do."""
    stored = MigrationContext.configure(connection).get_current_heads()
    known = {revision.revision for revision in context.script.walk_revisions()}
    return not known.issuperset(stored)


def run() -> None:
    engine = migrate.db.engine
    with engine.connect() as connection:
        connection = connection.execution_options(write=True)
        if is_later(connection):
            log.warning("The schema is of a later release: left as it is.")
            return
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database.")
run()
