"""Outbox waits

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22 23:20:11.402915

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('waits', sa.Integer(), nullable=False, server_default='0'))


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
