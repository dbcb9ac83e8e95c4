"""Presence: when people were last there

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-28 22:00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

# revision identifiers, used by Alembic.
revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('activities',
    sa.Column('user_id', ID, autoincrement=False, nullable=False),
    sa.Column('last_active_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_activities_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_activities')),
    mysql_charset='utf8mb4', mysql_engine='InnoDB'
    )


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
