"""Media kinds: room for names of kinds that are longer than `avatar`

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-28 11:10:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def key(length):
    """A canonical key: compared byte by byte on every database."""
    binary = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(binary, "mysql", "mariadb")


def upgrade():
    if op.get_context().dialect.name != 'sqlite':  # which ignores lengths
        op.alter_column('media', 'kind', type_=key(10), existing_type=key(6), existing_nullable=False)


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
