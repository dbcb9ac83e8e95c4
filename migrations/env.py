"""Runs migrations on the application's own engine; batch mode, for SQLite cannot alter tables."""

import logging

from alembic import context
from flask import current_app

log = logging.getLogger("alembic.env")
migrate = current_app.extensions["migrate"]


def run() -> None:
    engine = migrate.db.engine
    with engine.connect() as connection:
        connection = connection.execution_options(write=True)
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
