"""Searches: what people looked for, kept for them alone

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-29 09:00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
INNODB = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}


def key(length):
    return sa.String(length=length).with_variant(mysql.VARCHAR(charset='utf8mb4', collation='utf8mb4_bin', length=length), 'mysql', 'mariadb')


# revision identifiers, used by Alembic.
revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('searches',
    sa.Column('id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('found_id', ID, nullable=True),
    sa.Column('q', key(50), nullable=False),
    sa.Column('searched_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['found_id'], ['users.id'], name=op.f('fk_searches_found_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_searches_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_searches')),
    sqlite_autoincrement=True, **INNODB
    )
    with op.batch_alter_table('searches', schema=None) as batch_op:
        batch_op.create_index('ix_searches_found_id', ['found_id'], unique=False)
        batch_op.create_index('ix_searches_user_id_searched_at', ['user_id', 'searched_at'], unique=False)


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
